//===- Html.h - elements of a page -----------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_REPORT_HTML_H
#define NORMC_COMPILER_BACKENDS_REPORT_HTML_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace normc::report {

/// Text as it stands between tags and in attributes. What XML has no character for becomes U+FFFD.
std::string escaped(llvm::StringRef text);

/// <NAME ATTRIBUTES>CONTENT</NAME>, of which the content is HTML.
std::string element(llvm::StringRef name, llvm::StringRef content, llvm::StringRef attributes = "");

/// The same, with a line of its own.
std::string line(llvm::StringRef name, llvm::StringRef content, llvm::StringRef attributes = "");

/// Rows of cells, which are HTML; the first row names the columns.
class Table {
public:
  explicit Table(llvm::ArrayRef<llvm::StringRef> columns);
  void add(llvm::ArrayRef<std::string> cells);
  bool isEmpty() const { return rows.empty(); }
  std::string html() const;

private:
  std::string head, rows;
};

/// A page with a title, the style within.
std::string page(llvm::StringRef title, llvm::StringRef body);

} // namespace normc::report

#endif // NORMC_COMPILER_BACKENDS_REPORT_HTML_H
