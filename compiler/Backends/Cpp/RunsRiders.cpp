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
  function.canFail = true;
  code.helpers.insert({Helper::lanes, Helper::sum, Helper::tree, Helper::columns});
  columns = productText(reduced);
  line(fmt::format("const Order rows = order_of_columns({}, {});", productText(parallel), columns));
  line(fmt::format("const Split split(threads, 1, rows.chunks, {} * {} * {});", productText(parallel), columns, bytesPerPoint()));
  for (const Rider &rider : riders) {
    line(fmt::format("ColumnSums<{}> {}(split.threads, rows, {});", rider.type, rider.sums, columns));
    line(fmt::format("if (!{}.ready())", rider.sums));
    line("  return false;");
  }
}

void RunsWriter::emitRows() {
  const size_t place = declare(fmt::format("const int64_t lanes = rows_of_lanes({});", columns));
  open("for (int64_t some = mine.first; some < mine.last; ++some)");
  line("const Chunk block = rows.chunk(some);");
  for (const Rider &rider : riders)
    line(fmt::format("{} *const {} = {}.start();", rider.type, rider.lane, rider.sums));
  open(fmt::format("for (int64_t {0} = block.first; {0} < block.last; ++{0})", groupName));
  line(fmt::format("const int64_t past = ({} - block.first) % lanes * {};", groupName, columns));
  emitGroup();
  close();
  for (const Rider &rider : riders)
    line(fmt::format("{}.add(some);", rider.sums));
  close();
  dropUnused(place, "lanes");
  line("NORMC_OMP(barrier)");
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
