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

/// Of two values of one option the second would be taken without a word.
static bool isAnyRepeated(StringRef tool, const cl::OptionCategory &category) {
  bool isRepeated = false;
  for (const auto &entry : cl::getRegisteredOptions()) {
    const cl::Option &option = *entry.second;
    const cl::NumOccurrencesFlag times = option.getNumOccurrencesFlag();
    const bool isList = times == cl::ZeroOrMore || times == cl::OneOrMore;
    if (isList || option.getNumOccurrences() < 2 || !is_contained(option.Categories, &category))
      continue;
    errs() << tool << ": error: " << (option.ArgStr.size() == 1 ? "-" : "--") << option.ArgStr << " is given "
           << option.getNumOccurrences() << " times; give it once\n";
    isRepeated = true;
  }
  return isRepeated;
}

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
    return isAnyRepeated(category.getName(), category) ? std::optional(2) : std::nullopt;
  errs() << faults;
  return 2;
}

} // namespace normc
