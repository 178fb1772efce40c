//===- Timing.cpp - what a compilation takes -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Timing.h"

#include "llvm/Support/raw_ostream.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc {

namespace {

/// A line a stage: milliseconds, then the name, indented by its depth.
class Milliseconds : public OutputStrategy {
public:
  using OutputStrategy::OutputStrategy;

  void printHeader(const TimeRecord &) override { os << "milliseconds\n"; }
  void printFooter() override { os.flush(); }
  void printTime(const TimeRecord &time, const TimeRecord &) override {
    os << fmt::format("{:12.3f}", time.wall * 1e3);
  }
  void printListEntry(StringRef name, const TimeRecord &time, const TimeRecord &total, bool) override {
    printTreeEntry(0, name, time, total);
  }
  void printTreeEntry(unsigned indent, StringRef name, const TimeRecord &time, const TimeRecord &total) override {
    printTime(time, total);
    os << "  ";
    os.indent(indent) << (name == "Total" ? "total" : name == "Rest" ? "rest" : name) << '\n';
  }
  void printTreeEntryEnd(unsigned, bool) override {}
};

} // namespace

void printMilliseconds(DefaultTimingManager &manager) {
  manager.setEnabled(true);
  manager.setOutput(std::make_unique<Milliseconds>(llvm::errs()));
}

} // namespace normc
