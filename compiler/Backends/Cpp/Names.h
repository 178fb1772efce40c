//===- Names.h - identifiers of emitted C++ ------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_NAMES_H
#define NORMC_COMPILER_BACKENDS_CPP_NAMES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <string>

namespace normc::cpp {

/// A C++ identifier that resembles a user's name: `x-1` becomes `x_1`, `int` becomes `int_`. Of what it returns it makes the same.
std::string identifier(llvm::StringRef name);

/// A C++ string literal.
std::string stringLiteral(llvm::StringRef text);

/// `start` and the parameters, in as many lines as they need; with the parenthesis at the end.
std::string signature(const std::string &start, llvm::StringRef parameters);

/// The names of one scope.
class Names {
public:
  /// An identifier like `name` that nothing else in the scope has.
  std::string unique(llvm::StringRef name);

  /// A name that the scope has from elsewhere.
  void take(llvm::StringRef name) { taken.insert(name); }

private:
  llvm::StringSet<> taken;
  llvm::StringMap<unsigned> lastCounts; ///< by name: the number that was last put behind it
};

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_NAMES_H
