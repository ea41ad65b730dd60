// Every verb of the command line: each function adds one subcommand with its options, help and
// examples to the application. A verb's callback sets `exit_code` (see base/error.h) and may
// throw Error; it prints data to stdout and words for people to stderr.
#pragma once

namespace CLI {
class App;
}

namespace radsweep::orchestrator {

void add_bench(CLI::App& app, int& exit_code);
void add_cancel(CLI::App& app, int& exit_code);
void add_completion(CLI::App& app, int& exit_code);
void add_data(CLI::App& app, int& exit_code);
void add_doctor(CLI::App& app, int& exit_code);
void add_export(CLI::App& app, int& exit_code);
void add_init(CLI::App& app, int& exit_code);
void add_log(CLI::App& app, int& exit_code);
void add_logs(CLI::App& app, int& exit_code);
void add_man(CLI::App& app, int& exit_code);
void add_plan(CLI::App& app, int& exit_code);
void add_predict(CLI::App& app, int& exit_code);
void add_report(CLI::App& app, int& exit_code);
void add_results(CLI::App& app, int& exit_code);
void add_retry(CLI::App& app, int& exit_code);
void add_run(CLI::App& app, int& exit_code);
void add_schema(CLI::App& app, int& exit_code);
void add_serve(CLI::App& app, int& exit_code);
void add_sql(CLI::App& app, int& exit_code);
void add_status(CLI::App& app, int& exit_code);
void add_stop(CLI::App& app, int& exit_code);
void add_version(CLI::App& app, int& exit_code);
void add_watch(CLI::App& app, int& exit_code);
void add_weights(CLI::App& app, int& exit_code);
void add_why(CLI::App& app, int& exit_code);

}  // namespace radsweep::orchestrator
