//===- Usage.cpp - command lines of our tools ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Usage.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace normc {

std::optional<int> parseUsage(int argc, char **argv, const char *help, cl::OptionCategory &category) {
  for (int i = 1; i < argc; ++i) {
    StringRef argument = argv[i];
    if (argument == "--help" || argument == "-h" || argument == "-help") {
      outs() << help;
      return 0;
    }
    if (argument == "--version") {
      outs() << "normc " NORMC_VERSION "\n";
      return 0;
    }
  }
  // libLLVM brings hundreds of options of its own; only the tool's are part of its usage.
  cl::HideUnrelatedOptions(category);
  std::string faults;
  raw_string_ostream stream(faults);
  if (cl::ParseCommandLineOptions(argc, argv, "", &stream))
    return std::nullopt;
  errs() << faults;
  return 2;
}

} // namespace normc
