//===- PointsWriter.cpp - kernels without sweeps -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/SweepWriter.h"

#include <fmt/format.h>

using namespace mlir;

namespace normc::cpp {

namespace {

/// Axes that no tensor tells apart are one loop.
class PointsWriter : public SweepWriter {
public:
  using SweepWriter::SweepWriter;

private:
  void emitBody() override {
    // Loops over nothing are not run, however long the outer ones are.
    std::string condition;
    for (unsigned number : llvm::seq<unsigned>(joined.empty() ? 0 : 1, joined.size()))
      for (int64_t extent : extentsOf(kernel, joined[number]))
        if (extent <= 0)
          condition += fmt::format("{}{} > 0", condition.empty() ? "" : " && ", code.extent(extent));
    if (!condition.empty())
      line(fmt::format("if ({})", condition));
    if (std::string when = threadCondition(); !joined.empty() && when != "false") {
      function.isThreaded = true;
      std::string collapse = joined.size() > 2 ? fmt::format(" collapse({})", joined.size() - 1) : "";
      std::string clause = when == "true" ? "" : fmt::format(" if ({})", when);
      line(fmt::format("NORMC_OMP(\"omp parallel for num_threads(threads){}{}\")", collapse, clause));
    }
    for (const kernel::JoinedAxis &axis : joined)
      open(fmt::format("for (int64_t {0} = 0; {0} < {1}; ++{0})", indexName(axis), extentText(axis)));
    for (Operation &op : kernel.getBody().front()) {
      if (auto store = dyn_cast<kernel::StoreOp>(op)) {
        Value tensor = kernel.getResult(store.getResult());
        line(fmt::format("{}[{}] = {};", nameOf(tensor), positionOf(typeOf(tensor)), stored(store)));
      } else if (op.getNumResults() == 1 && !op.use_empty() && needsName(op.getResult(0))) {
        define(op.getResult(0));
      }
    }
    for (size_t loop = 0; loop < joined.size(); ++loop)
      close();
  }

  /// Whether there are points enough for several threads: "true" or "false" where that is known now.
  std::string threadCondition() {
    int64_t fixed = 1;
    bool isStatic = true;
    for (int64_t extent : kernel.getSpace()) {
      isStatic &= extent >= 0;
      fixed = std::min<int64_t>(fixed * std::max<int64_t>(extent, 1), INT32_MAX);
    }
    if (isStatic)
      return fixed >= minThreadedPoints ? "true" : "false";
    return fmt::format("{} >= {}", code.product(kernel.getSpace()), minThreadedPoints);
  }
};

} // namespace

std::unique_ptr<KernelWriter> createPointsWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors) {
  return std::make_unique<PointsWriter>(kernel, tensors);
}

} // namespace normc::cpp
