//===- CheckCalls.cpp - many calls against their bounds, in one process --===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// usage: check-calls FILE CALLS
//
// Compiles a file of graphs once, and does for each line of CALLS, "FUNCTION INPUT INPUT .. > PREFIX", what normc-run
// --check does: inputs are as there. Results are written to PREFIX.0.npy and so on. Of a call whose results exceed
// their bounds the table is printed. The last line says "C calls, F failed, N of M numbers compared". Exit status 1: a
// call failed.
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Callable.h"
#include "compiler/Tools/Compilation.h"
#include "compiler/Tools/SharedObject.h"
#include "dialects/Norm/NormDialect.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include <fmt/format.h>

using namespace llvm;
using namespace normc;

namespace {

struct Calls {
  mlir::ModuleOp graphs;
  std::string module;
  StringMap<size_t> gradients; ///< how many gradients a function returns, after its results
};

Expected<CheckReport> check(const Calls &calls, ArrayRef<StringRef> words) {
  StringRef prefix;
  if (words.size() > 2 && words[words.size() - 2] == ">") {
    prefix = words.back();
    words = words.drop_back(2);
  }
  mlir::ModuleOp graphs = calls.graphs;
  mlir::MLIRContext &context = *graphs.getContext();
  std::vector<HostArray> inputs;
  for (StringRef word : words.drop_front()) {
    Expected<HostArray> input = readInput(word, context);
    if (!input)
      return input.takeError();
    inputs.push_back(std::move(*input));
  }
  Expected<std::unique_ptr<Callable>> callable = openModule(calls.module, words.front());
  if (!callable)
    return callable.takeError();
  Expected<std::vector<HostArray>> results = (*callable)->call(inputs);
  if (!results)
    return results.takeError();
  for (size_t i = 0; i < results->size() && !prefix.empty(); ++i) {
    const HostArray &result = (*results)[i];
    std::string error;
    if (!runtime::writeNpy(fmt::format("{}.{}.npy", prefix.str(), i), result.type, result.extents, result.data.data(),
                           error))
      return createStringError(error);
  }
  auto reference = openReference(graphs, words.front());
  if (!reference)
    return reference.takeError();
  return (*reference)->check(inputs, *results, calls.gradients.lookup(words.front()));
}

int run(StringRef file, StringRef list) {
  auto lines = MemoryBuffer::getFile(list);
  if (!lines) {
    errs() << list << ": " << lines.getError().message() << '\n';
    return 1;
  }
  Compilation compilation;
  if (failed(compilation.parse(file)))
    return 1;
  Calls calls;
  for (auto gradient : compilation.getModule().getOps<norm::GradientOp>())
    calls.gradients[gradient.getSymName()] = gradient.getWrt().size();
  mlir::OwningOpRef<mlir::ModuleOp> graphs = compilation.runOnCopy(Stage::gradient);
  if (!graphs || failed(compilation.run(Stage::kernels)))
    return 1;
  calls.graphs = *graphs;
  Expected<std::string> path = compileCached(emitModuleSource(compilation.getModule()));
  if (!path) {
    errs() << toString(path.takeError()) << '\n';
    return 1;
  }
  calls.module = *path;

  int64_t count = 0, failures = 0, elements = 0, compared = 0;
  SmallVector<StringRef> all, words;
  (*lines)->getBuffer().split(all, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : all) {
    words.clear();
    SplitString(line, words);
    if (words.empty())
      continue;
    ++count;
    Expected<CheckReport> report = check(calls, words);
    if (!report) {
      outs() << fmt::format("@{}: {}\n", words.front().str(), toString(report.takeError()));
      ++failures;
      continue;
    }
    elements += report->elements;
    compared += report->compared;
    if (!report->ok) {
      outs() << fmt::format("@{} exceeds its bounds:\n{}", words.front().str(), report->text);
      ++failures;
    }
  }
  outs() << fmt::format("{} calls, {} failed, {} of {} numbers compared\n", count, failures, compared, elements);
  return failures ? 1 : 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc == 3)
    return run(argv[1], argv[2]);
  errs() << "usage: check-calls FILE CALLS\n";
  return 2;
}
