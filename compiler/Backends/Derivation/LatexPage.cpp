//===- LatexPage.cpp - a derivation as a LaTeX document -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Derivation/Page.h"

#include "llvm/ADT/STLExtras.h"
#include <fmt/format.h>

using namespace llvm;

namespace normc::derivation {

namespace {

/// Words as LaTeX prints them.
std::string escaped(StringRef words) {
  std::string text;
  for (char c : words)
    if (StringRef("_$%#&{}").contains(c))
      text += {'\\', c};
    else
      text += c;
  return text;
}

class LatexPage : public Page {
public:
  void heading(StringRef title) override { document += fmt::format("\n\\section*{{{}}}\n", escaped(title)); }
  void section(StringRef title) override { document += fmt::format("\n\\subsection*{{{}}}\n", escaped(title)); }
  void paragraph(StringRef words) override { document += "\n" + escaped(words) + "\n"; }

  /// Aligned at the equals signs, the reasons in a column of their own.
  void chain(ArrayRef<Line> lines) override {
    if (lines.empty())
      return;
    document += "\\begin{alignat*}{2}\n";
    for (auto [index, line] : llvm::enumerate(lines)) {
      document += line.isAside ? fmt::format("  & \\quad\\text{{where }} {} = {}", line.left, line.right)
                               : fmt::format("  {} &= {}", line.left, line.right);
      if (!line.reason.empty())
        document += fmt::format(" &\\qquad& \\text{{{}}}", escaped(line.reason));
      document += index + 1 < lines.size() ? " \\\\\n" : "\n";
    }
    document += "\\end{alignat*}\n";
  }

  std::string finish() override {
    return R"(\documentclass{article}
\usepackage{amsmath}
\usepackage[paperwidth=60cm,paperheight=40cm,margin=2cm]{geometry}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\begin{document}
)" + document +
           "\n\\end{document}\n";
  }

private:
  std::string document;
};

} // namespace

std::unique_ptr<Page> latexPage() {
  return std::make_unique<LatexPage>();
}

} // namespace normc::derivation
