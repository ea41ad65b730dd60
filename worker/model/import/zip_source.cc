// torch.save since 1.6: TOP/data.pkl, TOP/data/KEY for every storage, perhaps TOP/byteorder.
#include "worker/model/import/storages.h"
#include "worker/model/import/weights_source.h"
#include "worker/model/import/zip_archive.h"

namespace radsweep::model {

std::vector<SourceTensor> read_torch_zip(std::string_view bytes, const std::string& where) {
  const ZipArchive archive(bytes, where);
  constexpr std::string_view kPickle = "data.pkl";
  const std::string pickle_name = archive.name_ending_in("/data.pkl");
  const std::string top = pickle_name.substr(0, pickle_name.size() - kPickle.size());
  if (archive.has(top + "byteorder") && archive.read(top + "byteorder") != "little") {
    refuse_import(where, "it was written by a big-endian machine");
  }
  ByteReader in(archive.read(pickle_name), where);
  const Pickle pickle = Pickle::read(in);
  std::map<std::string_view, std::string_view> read;  // a storage may be shared
  return join_storages(
      read_state_dict(pickle, where),
      [&](const StorageId& storage) {
        const auto [found, fresh] = read.try_emplace(storage.key);
        if (fresh) found->second = archive.read(top + "data/" + std::string(storage.key));
        return found->second;
      },
      where);
}

}  // namespace radsweep::model
