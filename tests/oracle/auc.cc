#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "tests/oracle/oracle.h"
#include "worker/train/roc_auc.h"

namespace radsweep::oracle {

void auc(const Arguments& arguments) {
  std::ifstream file(arguments.at(0));
  for (std::string line; std::getline(file, line);) {
    std::vector<int> labels;
    std::vector<double> scores;
    const auto middle = line.find(';');
    std::istringstream left(line.substr(0, middle)), right(line.substr(middle + 1));
    for (int label; left >> label;) labels.push_back(label);
    for (double score; right >> score;) scores.push_back(score);
    const auto value = train::roc_auc(labels, scores);
    if (value) {
      std::cout << std::setprecision(17) << *value << '\n';
    } else {
      std::cout << "undefined\n";
    }
  }
}

}  // namespace radsweep::oracle
