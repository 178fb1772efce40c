//===- Html.cpp - elements of a page ---------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Report/Html.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <fmt/format.h>

using namespace llvm;

namespace normc::report {

std::string escaped(StringRef text) {
  std::string printable = json::isUTF8(text) ? text.str() : json::fixUTF8(text);
  for (size_t place = 0; place < printable.size(); ++place)
    if (const unsigned char c = printable[place]; (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
      printable.replace(place, 1, "\uFFFD");
  std::string html;
  raw_string_ostream stream(html);
  printHTMLEscaped(printable, stream);
  return html;
}

std::string element(StringRef name, StringRef content, StringRef attributes) {
  return fmt::format("<{0}{1}{2}>{3}</{0}>", name.str(), attributes.empty() ? "" : " ", attributes.str(),
                     content.str());
}

std::string line(StringRef name, StringRef content, StringRef attributes) {
  return element(name, content, attributes) + "\n";
}

static std::string row(StringRef cell, ArrayRef<std::string> contents) {
  std::string cells;
  for (const std::string &content : contents)
    cells += element(cell, content);
  return line("tr", cells);
}

Table::Table(ArrayRef<StringRef> columns) {
  SmallVector<std::string> names;
  for (StringRef column : columns)
    names.push_back(escaped(column));
  head = row("th", names);
}

void Table::add(ArrayRef<std::string> cells) {
  rows += row("td", cells);
}

std::string Table::html() const {
  return line("table", head + rows);
}

static constexpr const char *style = R"(
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff; }
h1, h2, h3 { line-height: 1.2; }
h3 { margin-bottom: 0.3rem; }
pre { font: 13px/1.45 ui-monospace, monospace; background: #f6f8fa; padding: 0.8rem; overflow-x: auto; border-radius: 6px; }
table { border-collapse: collapse; margin: 0.5rem 0 1rem; }
th, td { text-align: left; padding: 0.2rem 0.9rem 0.2rem 0; border-bottom: 1px solid #d0d7de; vertical-align: top; }
code { font: 14px ui-monospace, monospace; }
.bar { display: inline-block; height: 0.7rem; background: #0969da; }
.written { background: #bc4c00; }
summary { cursor: pointer; font-weight: 600; margin: 0.5rem 0; }
@media (prefers-color-scheme: dark) {
  body { color: #e6edf3; background: #0d1117; }
  pre { background: #161b22; }
  th, td { border-color: #30363d; }
}
)";

std::string page(StringRef title, StringRef body) {
  return fmt::format(R"(<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{0}</title>
<style>{1}</style>
</head>
<body>
<h1>{0}</h1>
{2}</body>
</html>
)",
                     escaped(title), style, body.str());
}

} // namespace normc::report
