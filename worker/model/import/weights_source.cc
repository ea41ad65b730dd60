#include "worker/model/import/weights_source.h"

#include "worker/model/import/byte_reader.h"

namespace radsweep::model {

WeightsSource read_weights_source(std::string_view bytes, const std::string& where) {
  if (bytes.starts_with("PK\3\4")) return {"zip .pth", read_torch_zip(bytes, where)};
  if (is_torch_legacy(bytes)) return {"legacy .pth", read_torch_legacy(bytes, where)};
  // behind the header's length
  if (bytes.size() > 8 && bytes[8] == '{') return {"safetensors", read_safetensors(bytes, where)};
  refuse_import(where, "it is neither a safetensors file nor one of torch.save",
                "get the file again, it may be cut short or a web page");
}

}  // namespace radsweep::model
