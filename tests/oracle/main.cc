#include <exception>
#include <functional>
#include <iostream>

#include "tests/oracle/oracle.h"

int main(int count, char** words) {
  using namespace radsweep::oracle;
  const std::map<std::string, std::function<void(const Arguments&)>> verbs = {
      {"forward", forward}, {"train", train}, {"augment", augment}, {"auc", auc}};
  const auto verb = count > 1 ? verbs.find(words[1]) : verbs.end();
  if (verb == verbs.end()) {
    std::cerr << "usage: oracle forward|train|augment|auc ARGUMENTS (see oracle.h)\n";
    return 2;
  }
  try {
    verb->second(Arguments(words + 2, words + count));
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
  return 0;
}
