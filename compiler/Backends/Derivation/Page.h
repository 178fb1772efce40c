//===- Page.h - how a derivation is laid out ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_DERIVATION_PAGE_H
#define NORMC_COMPILER_BACKENDS_DERIVATION_PAGE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <memory>
#include <string>
#include <vector>

namespace normc::derivation {

/// One line of a chain of equations: left = right, by a reason. With no left side it goes on from the line above; an
/// aside is about a part of it.
struct Line {
  std::string left, right, reason;
  bool isAside = false;
};

/// A document: headings, paragraphs, chains of equations.
class Page {
public:
  virtual ~Page() = default;

  virtual void heading(llvm::StringRef title) = 0;
  virtual void section(llvm::StringRef title) = 0;
  virtual void paragraph(llvm::StringRef words) = 0;
  virtual void chain(llvm::ArrayRef<Line> lines) = 0;
  /// The whole document.
  virtual std::string finish() = 0;
};

std::unique_ptr<Page> textPage();
/// One that LaTeX takes as it is.
std::unique_ptr<Page> latexPage();

} // namespace normc::derivation

#endif // NORMC_COMPILER_BACKENDS_DERIVATION_PAGE_H
