//===- TextPage.cpp - a derivation as plain text ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Derivation/Page.h"

#include <fmt/format.h>

using namespace llvm;

namespace normc::derivation {

namespace {

/// Equations in one column, reasons in another; a reason that finds no room has a line of its own.
class TextPage : public Page {
public:
  void heading(StringRef title) override {
    document += fmt::format("{}{}\n{}\n", document.empty() ? "" : "\n", title.str(), std::string(title.size(), '='));
  }
  void section(StringRef title) override {
    document += fmt::format("\n{}\n{}\n\n", title.str(), std::string(title.size(), '-'));
  }
  void paragraph(StringRef words) override { document += words.str() + "\n"; }

  void chain(ArrayRef<Line> lines) override {
    size_t width = 0;
    for (const Line &line : lines)
      if (!line.isAside)
        width = std::max(width, line.left.size());
    for (const Line &line : lines) {
      std::string text = line.isAside ? std::string(indent + width, ' ') + "   where " + line.left + " = " + line.right
                                      : fmt::format("{:{}}{:{}} = {}", "", indent, line.left, width, line.right);
      if (!line.reason.empty()) {
        if (text.size() + 2 <= reasonColumn)
          text.resize(reasonColumn, ' ');
        else
          text += "\n" + std::string(reasonColumn, ' ');
        text += "| " + line.reason;
      }
      document += text + "\n";
    }
    if (lines.size() > 1)
      document += "\n";
  }

  std::string finish() override { return document; }

private:
  static constexpr size_t indent = 2, reasonColumn = 76;

  std::string document;
};

} // namespace

std::unique_ptr<Page> textPage() {
  return std::make_unique<TextPage>();
}

} // namespace normc::derivation
