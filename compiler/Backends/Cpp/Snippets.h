//===- Snippets.h - text that emitted files hold where they need it ------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_SNIPPETS_H
#define NORMC_COMPILER_BACKENDS_CPP_SNIPPETS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace normc::cpp {

/// C++ text that is emitted where one of the names that it defines occurs in what follows it. A line of it may begin with
/// `?name `: it is left out, and so is the mark, where that name does not occur in what follows the snippet; or by `!name `, where
/// it does. A line may have several marks.
struct Snippet {
  const char *names; ///< separated by spaces
  const char *text;
};

/// The snippets that `text` needs, and those that these need, in their order, with `text` behind them. What a snippet calls stands
/// before it.
std::string withSnippets(llvm::ArrayRef<Snippet> snippets, const std::string &text);

/// Whether emitted files define a name.
bool isSnippetName(llvm::StringRef name);

// In the order in which a file has them: what follows calls what stands before.
extern const llvm::ArrayRef<Snippet> frameSnippets; ///< outside of the namespace: includes, OpenMP, what a call brings along
extern const llvm::ArrayRef<Snippet> callSnippets;  ///< of entries
extern const llvm::ArrayRef<Snippet> conversionSnippets; ///< numbers of 16 bits, and what is left of a double
extern const llvm::ArrayRef<Snippet> collectiveSnippets;
extern const llvm::ArrayRef<Snippet> monoidSnippets;
extern const llvm::ArrayRef<Snippet> shareSnippets;  ///< who does what, and what chunks come to
extern const llvm::ArrayRef<Snippet> laneSnippets;   ///< points in lanes, and stores
extern const llvm::ArrayRef<Snippet> columnSnippets; ///< sums that ride along

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_SNIPPETS_H
