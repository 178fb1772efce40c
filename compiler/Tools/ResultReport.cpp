//===- ResultReport.cpp - what a call has come to, for a person ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/ResultReport.h"

#include <cmath>
#include <fmt/format.h>
#include <limits>

using namespace llvm;

namespace normc {

void printSummary(ArrayRef<std::string> names, ArrayRef<HostArray> results, mlir::MLIRContext &context) {
  outs() << fmt::format("{:<12} {:<18} {:>13} {:>13} {:>13}\n", "result", "type", "mean", "min", "max");
  for (auto [name, result] : zip(names, results)) {
    double sum = 0.0, least = std::numeric_limits<double>::infinity(), most = -least;
    std::vector<double> values = toDoubles(result, context);
    for (double value : values) {
      sum += value;
      least = std::isnan(value) ? value : std::min(least, value);
      most = std::isnan(value) ? value : std::max(most, value);
    }
    outs() << fmt::format("{:<12} {:<18} {:>13.6g} {:>13.6g} {:>13.6g}\n", name, describe(result),
                          sum / double(values.size()), least, most);
  }
}

Expected<bool> checkResults(ArrayRef<std::string> names, ArrayRef<HostArray> results, ArrayRef<std::string> expected,
                            const Tolerance &tolerance, mlir::MLIRContext &context) {
  bool ok = true;
  for (auto [index, text] : enumerate(expected)) {
    Expected<HostArray> want = readInput(text, context);
    if (!want)
      return want.takeError();
    Comparison c = compare(results[index], *want, tolerance.relative, tolerance.absolute, context);
    if (!c.sameShape) {
      errs() << fmt::format("normc-run: error: result '{}' is {}, but {} is {}\n", names[index],
                            describe(results[index]), text, describe(*want));
      ok = false;
      continue;
    }
    outs() << fmt::format("{:<12} {:>10} elements, largest error {:.2e}, relative to the largest {:.2e}: {}\n", names[index],
                          c.elements, c.largestError, c.largestRelativeError,
                          c.failures ? fmt::format("{} DIFFER", c.failures) : "as expected");
    if (c.failures)
      errs() << fmt::format("normc-run: error: result '{}' at element {} is {:.9g} where {:.9g} is expected, beyond {:g} + "
                            "{:g} |expected|\n",
                            names[index], c.worst, c.got, c.want, tolerance.absolute, tolerance.relative);
    ok &= c.failures == 0;
  }
  return ok;
}

} // namespace normc
