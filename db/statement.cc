#include "db/statement.h"

#include <utility>

namespace radsweep::db {

Statement::~Statement() {
  compiled().tryReset();  // its error, if any, was thrown by the step that failed
  compiled().clearBindings();
  connection_.idle_.insert(std::move(node_));
}

}  // namespace radsweep::db
