//===- PointsWriter.cpp - kernels without sweeps -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/KernelWriter.h"

#include <fmt/format.h>

using namespace mlir;

namespace normc::cpp {

namespace {

class PointsWriter : public KernelWriter {
public:
  using KernelWriter::KernelWriter;

private:
  void emitBody() override {
    SmallVector<int64_t> axes;
    for (auto [axis, extent] : llvm::enumerate(kernel.getSpace()))
      if (extent != 1)
        axes.push_back(axis);
    // Loops over nothing are not run, however long the outer ones are.
    std::string condition;
    for (int64_t axis : ArrayRef(axes).drop_front(axes.empty() ? 0 : 1))
      if (kernel.getSpace()[axis] <= 0)
        condition += fmt::format("{}{} > 0", condition.empty() ? "" : " && ", code.extent(kernel.getSpace()[axis]));
    if (!condition.empty())
      line(fmt::format("if ({})", condition));
    if (std::string when = threadCondition(); !axes.empty() && when != "false") {
      function.isThreaded = true;
      std::string collapse = axes.size() > 2 ? fmt::format(" collapse({})", axes.size() - 1) : "";
      std::string clause = when == "true" ? "" : fmt::format(" if ({})", when);
      line(fmt::format("NORMC_OMP(\"omp parallel for num_threads(threads){}{}\")", collapse, clause));
    }
    for (int64_t axis : axes)
      open(fmt::format("for (int64_t i{0} = 0; i{0} < {1}; ++i{0})", axis, code.extent(kernel.getSpace()[axis])));
    for (Operation &op : kernel.getBody().front()) {
      if (auto store = dyn_cast<kernel::StoreOp>(op)) {
        Value tensor = kernel.getResult(store.getResult());
        line(fmt::format("{}[{}] = {};", nameOf(tensor), code.position(typeOf(tensor)), stored(store)));
      } else if (op.getNumResults() == 1 && !op.use_empty() && needsName(op.getResult(0))) {
        define(op.getResult(0));
      }
    }
    for (size_t loop = 0; loop < axes.size(); ++loop)
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
