//===- RunsRiders.cpp - sums over the groups, which ride along ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/RunsWriter.h"

using namespace mlir;
using normc::kernel::Monoid;

namespace normc::cpp {

void RunsWriter::findRiders() {
  kernel.walk([&](kernel::AccumulateOp op) {
    const std::string base = nameOf(kernel.getResult(op.getResult()));
    riders.push_back({op, base, locals.unique(base + "_sums"), locals.unique(base + "_lane"), scalarName(op.getValue().getType())});
  });
}

void RunsWriter::declareRiders() {
  function.canThrow = function.usesThreads = true;
  columns = productText(reduced);
  line(fmt::format("const Rows rows({}, {});", productText(parallel), columns));
  for (const Rider &rider : riders)
    line(fmt::format("ColumnSums<{}> {}(threads, rows, {});", rider.type, rider.sums, columns));
}

void RunsWriter::emitRows() {
  declare(fmt::format("const int64_t lanes = rows_of_lanes({});", columns));
  open("for (int64_t some = mine.first; some < mine.last; ++some)");
  line("const int64_t top = some * rows.chunk, bottom = std::min(top + rows.chunk, rows.count);");
  for (const Rider &rider : riders)
    line(fmt::format("{} *const {} = {}.start();", rider.type, rider.lane, rider.sums));
  open(fmt::format("for (int64_t {0} = top; {0} < bottom; ++{0})", groupName));
  line(fmt::format("const int64_t past = ({} - top) % lanes * {};", groupName, columns));
  emitGroup();
  close();
  for (const Rider &rider : riders)
    line(fmt::format("{}.add(some);", rider.sums));
  close();
  line("NORMC_OMP(\"omp barrier\")");
  for (Rider &rider : riders) {
    Type element = elementOf(kernel.getResult(rider.op.getResult()));
    const std::string sum = locals.unique("sum");
    std::string value = sum;
    if (element.isF16() || element.isBF16())
      value = code.narrowed(value, element);
    else if (element.isF32())
      value = fmt::format("float({})", sum);
    line(fmt::format("{}.finish([&](int64_t k, double {}) {{ {}[k] = {}; }});", rider.sums, sum, rider.base, value));
  }
}

void RunsWriter::emitRiders(kernel::SweepOp sweep) {
  for (Rider &rider : riders)
    if (rider.op->getParentOp() == sweep.getOperation()) {
      Accumulator sum;
      sum.monoid = Monoid::sum;
      sum.term = rider.op.getValue();
      sum.lane = rider.lane;
      accumulate(sum, outer.empty() ? "past + k" : fmt::format("past + {} * {} + k", runName(), lengthText()));
    }
}

bool RunsWriter::hasRiders(kernel::SweepOp sweep) {
  return llvm::any_of(riders, [&](Rider &rider) { return rider.op->getParentOp() == sweep.getOperation(); });
}

} // namespace normc::cpp
