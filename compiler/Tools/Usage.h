//===- Usage.h - command lines of our tools ------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_USAGE_H
#define NORMC_COMPILER_TOOLS_USAGE_H

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include <optional>

namespace normc {

/// Parses the value of an option that is one of several words, and says which these are.
template <typename T>
struct WordParser : llvm::cl::parser<T> {
  using llvm::cl::parser<T>::parser;

  bool parse(llvm::cl::Option &option, llvm::StringRef /*name*/, llvm::StringRef word, T &value) {
    llvm::SmallVector<llvm::StringRef> words;
    for (const auto &known : this->Values) {
      if (known.Name == word) {
        value = known.V.getValue();
        return false;
      }
      words.push_back(known.Name);
    }
    return option.error("'" + word + "' is none of " + llvm::join(words, ", "));
  }
};
/// An option that is one of several words.
template <typename T>
using WordOption = llvm::cl::opt<T, false, WordParser<T>>;

/// Parses a command line. Yields the exit status where the tool is done already: 0 after --help and --version, 2 where the
/// usage is wrong.
std::optional<int> parseUsage(int argc, char **argv, const char *help, llvm::cl::OptionCategory &category);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_USAGE_H
