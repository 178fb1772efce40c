//===- normc-bench.cpp - measures functions of a graph or a module -------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Benchmark/BenchmarkArrays.h"
#include "compiler/Tools/Benchmark/BenchmarkReport.h"
#include "compiler/Tools/Benchmark/Measurement.h"
#include "compiler/Tools/Benchmark/StreamingCopy.h"
#include "compiler/Tools/Compilation.h"
#include "compiler/Tools/ModuleFile.h"
#include "compiler/Tools/SharedObject.h"
#include "compiler/Tools/Usage.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include <fmt/format.h>
#include <omp.h>

using namespace llvm;
using namespace normc;

static constexpr const char *help =
    R"(normc-bench: measures a function of a graph or of a module, and holds it against memory

usage: normc-bench FILE|MODULE --function=NAME [--shapes=8x64xf32,1x64xf32] [--threads=N] [--format=table|json]

  FILE|MODULE              a graph as text (- is standard input), or what normc made of it
  --function=NAME          a function, or a gradient, which is two rows: NAME_forward and NAME_backward
  --shapes=T,T,..          types of the arguments in their order, as 8x64xf32; needed up to the last whose extents the
                           graph leaves open. Cotangents have the extents of their results
  --device=cpu             where to run
  --threads=N              1 to 4096; as many as OpenMP would use where not given
  --repetitions=R          how many samples to take; otherwise for about a second
  --format=table|json      for a person, or google-benchmark's schema, with the counters certified_bytes, minimum_bytes,
                           ratio_to_copy and more

Each function runs in turns with a streaming copy of the bytes that its kernels are certified to move, so that both meet
the same machine. The ratio to the copy is that of the fastest samples; by median, of neighbouring samples; to the least,
to a copy of the bytes that any implementation must move: each argument read once, each result written once.

example:
  normc-bench batch_norm.mlir --function=batch_norm_grad --shapes=65536x64xf32

exit status: 0 done, 1 the input is at fault, 2 usage
)";

namespace {

enum class Device { cpu };
enum class Format { table, json };

struct Request {
  std::string file, function, shapes;
  int threads = 0, repetitions = 0;
  Format format = Format::table;
};

Error failAt(const Twine &message) {
  return createStringError(message.str());
}

Expected<SmallVector<ArrayType>> readShapes(StringRef text) {
  SmallVector<ArrayType> shapes;
  SmallVector<StringRef> parts;
  if (!text.empty())
    text.split(parts, ',');
  for (StringRef part : parts) {
    Expected<ArrayType> shape = readArrayType(part);
    if (!shape)
      return failAt(fmt::format("--shapes={}: {}; write a type for each argument, like 8x64xf32,1x64xf32", text.str(),
                                toString(shape.takeError())));
    shapes.push_back(std::move(*shape));
  }
  return shapes;
}

/// The module that a file is, or becomes. Null where the compiler has said why not.
Expected<OpenModule> open(const Request &request) {
  if (isModule(request.file))
    return openModuleFile(request.file);
  Compilation compilation;
  if (failed(compilation.parse(request.file)) || failed(compilation.run(Stage::kernels)))
    return OpenModule();
  Expected<std::string> path = compileCached(emitModuleSource(compilation.getModule()));
  return path ? openModuleFile(*path) : path.takeError();
}

/// Runs a case and two copies in turns.
Expected<BenchmarkRow> runCase(BenchmarkCase &benchmark, const Request &request) {
  normrt_options options = {NORMRT_VERSION, request.threads, NORMRT_CPU, 0, nullptr, nullptr, nullptr};
  normrt_error error = {};
  auto call = [&] {
    return normrt_call(benchmark.entry, benchmark.inputs.data(), benchmark.inputs.size(), benchmark.outputs.data(),
                       benchmark.outputs.size(), &options, &error);
  };
  if (call() != NORMRT_OK)
    return toError(error);
  const normc_traffic &traffic = benchmark.traffic;
  Expected<StreamingCopy> copy = StreamingCopy::create(traffic.read, traffic.written, request.threads);
  if (!copy)
    return copy.takeError();
  Expected<StreamingCopy> least = StreamingCopy::create(traffic.minimum_read, traffic.minimum_written, request.threads);
  if (!least)
    return least.takeError();

  normrt_status worst = NORMRT_OK;
  normrt_error worstError = {};
  std::vector<Timing> timings = measure({[&] {
                                           if (call() != NORMRT_OK) {
                                             worst = normrt_status(error.status);
                                             worstError = error;
                                           }
                                         },
                                         [&] { copy->run(); }, [&] { least->run(); }},
                                        request.repetitions);
  if (worst != NORMRT_OK)
    return toError(worstError);
  const Timing &kernel = timings[0];
  BenchmarkRow row;
  row.name = benchmark.name;
  row.threads = request.threads;
  row.repetitions = kernel.samples.size();
  row.calls = row.repetitions * kernel.runsPerSample;
  row.minimum = kernel.minimum();
  row.median = kernel.median();
  row.processor = medianOf(kernel.processor);
  row.copyMinimum = timings[1].minimum();
  row.copyMedian = timings[1].median();
  row.ratioOfMinima = ratioOfMinima(kernel, timings[1]);
  row.medianRatio = medianRatio(kernel, timings[1]);
  row.ratioToMinimumCopy = ratioOfMinima(kernel, timings[2]);
  row.traffic = traffic;
  row.workingSet = benchmark.workingSet;
  row.fitsCaches = benchmark.workingSet < 4 * privateCacheBytes() * request.threads;
  return row;
}

Error run(const Request &request, const normrt_module *module, StringRef executable) {
  Expected<const normrt_function *> function = findFunction(module, request.function);
  if (!function)
    return function.takeError();
  Expected<SmallVector<ArrayType>> shapes = readShapes(request.shapes);
  if (!shapes)
    return shapes.takeError();
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  Expected<BenchmarkArrays> arrays = BenchmarkArrays::create(*function, *shapes, request.threads, context);
  if (!arrays)
    return arrays.takeError();
  std::vector<BenchmarkRow> rows;
  for (BenchmarkCase &benchmark : arrays->cases) {
    Expected<BenchmarkRow> row = runCase(benchmark, request);
    if (!row)
      return row.takeError();
    rows.push_back(std::move(*row));
  }
  outs() << (request.format == Format::json ? toJson(rows, executable) : toTable(rows));
  return Error::success();
}

} // namespace

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  // libLLVM has an option of this name; it is not one of this tool's.
  if (cl::Option *other = cl::getRegisteredOptions().lookup("threads"))
    other->removeArgument();
  cl::OptionCategory category("normc-bench");
  cl::opt<std::string> file(cl::Positional, cl::desc("FILE|MODULE"), cl::Required, cl::cat(category));
  cl::opt<std::string> function("function", cl::Required, cl::cat(category)), shapes("shapes", cl::cat(category));
  cl::opt<Device> device("device", cl::init(Device::cpu), cl::cat(category),
                         cl::values(clEnumValN(Device::cpu, "cpu", "")));
  cl::opt<int> threads("threads", cl::init(0), cl::cat(category)),
      repetitions("repetitions", cl::init(0), cl::cat(category));
  cl::opt<Format> format("format", cl::init(Format::table), cl::cat(category),
                         cl::values(clEnumValN(Format::table, "table", ""), clEnumValN(Format::json, "json", "")));
  if (std::optional<int> status = normc::parseUsage(argc, argv, help, category))
    return *status;
  auto isWrong = [](const cl::opt<int> &option, int most) {
    const bool wrong = option.getNumOccurrences() && (option < 1 || option > most);
    if (wrong)
      errs() << fmt::format("normc-bench: error: --{} must be 1 to {}, not {}\n", option.ArgStr.str(), most,
                            int(option));
    return wrong;
  };
  if (isWrong(threads, NORMRT_MAX_THREADS) || isWrong(repetitions, 1000000))
    return 2;
  Request request{file, function, shapes, threads ? int(threads) : omp_get_max_threads(), repetitions, format};
  Expected<OpenModule> module = open(request);
  if (module && !*module)
    return 1;
  Error fault = module ? run(request, module->get(), argv[0]) : module.takeError();
  if (!fault)
    return 0;
  errs() << "normc-bench: error: " << toString(std::move(fault)) << '\n';
  return 1;
}
