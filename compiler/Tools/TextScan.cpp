//===- TextScan.cpp - what the parser would not survive ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Source.h"

#include "llvm/ADT/StringExtras.h"
#include <fmt/format.h>

using namespace llvm;

namespace normc {

namespace {

constexpr size_t maxBytes = 64u << 20;
constexpr unsigned maxNesting = 200; // brackets in brackets: the parser recurses on each
constexpr unsigned maxMinuses = 16;  // it recurses on each of a run of signs, too

/// One pass over the text, which is not tokenized further than strings and comments demand.
class Scanner {
public:
  explicit Scanner(StringRef text) : text(text) {}

  TextFault run() {
    if (text.size() > maxBytes)
      return {0, fmt::format("the text is {} bytes long; at most {} are read", text.size(), maxBytes)};
    if (text.starts_with("ML\xefR"))
      return {0, "this is MLIR bytecode; only text is read"};
    if (size_t nul = text.find('\0'); nul != StringRef::npos)
      return {nul, "a byte of value 0: this is not a text file"};
    while (at < text.size())
      if (TextFault fault = step(); !fault.rule.empty())
        return fault;
    return {};
  }

private:
  TextFault step() {
    const char c = text[at];
    if (c == '"')
      return skipString(), TextFault();
    if (text.substr(at).starts_with("//")) {
      at = std::min(text.find('\n', at), text.size());
      return {};
    }
    if (text.substr(at).starts_with("->")) {
      minuses = 0;
      at += 2;
      return {};
    }
    if (c == '\n' || !isSpace(c))
      minuses = c == '-' ? minuses + 1 : (c == '\n' ? minuses : 0);
    if (minuses > maxMinuses)
      return {at, fmt::format("more than {} minus signs in a row", maxMinuses)};
    if (StringRef("([{<").contains(c) && ++depth > maxNesting)
      return {at, fmt::format("brackets are nested more than {} deep", maxNesting)};
    if (StringRef(")]}>").contains(c) && depth > 0)
      --depth;
    if (c == '!' || c == '#')
      return alias(c);
    ++at;
    return {};
  }

  void skipString() {
    for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at)
      if (text[at] == '\\')
        ++at;
    ++at;
  }

  /// `!a = ..` and `#a = ..` define aliases. One that is made of others may expand to any size, so within a definition no other
  /// alias may be named; locations refer to one another in a chain, once each, and may.
  TextFault alias(char kind) {
    const size_t start = at++;
    StringRef name = text.substr(at).take_while([](char c) { return isAlnum(c) || c == '_' || c == '$' || c == '.'; });
    at += name.size();
    StringRef rest = text.substr(at).ltrim();
    const bool defines = rest.starts_with("=") && !rest.starts_with("==") && depth == 0;
    if (defines) {
      definitionLine = true;
      uses = 0;
      return {};
    }
    // A dialect's own type or attribute has a point or a body; `!a` alone is an alias.
    const bool isAlias = !name.empty() && !name.contains('.') && !rest.starts_with("<");
    if (!isAlias || !definitionLine || !inDefinition(start))
      return {};
    if (kind == '#' && name.starts_with("loc") && ++uses <= 1)
      return {};
    return {start, fmt::format("the alias {}{} is used in the definition of another; write it out", kind, name.str())};
  }

  /// Whether the line, or the brackets that were opened on it, still belong to a definition.
  bool inDefinition(size_t position) {
    if (depth > 0)
      return true;
    StringRef line = text.substr(0, position);
    line = line.substr(line.rfind('\n') + 1).ltrim();
    definitionLine = line.starts_with("!") || line.starts_with("#");
    return definitionLine;
  }

  StringRef text;
  size_t at = 0;
  unsigned depth = 0, minuses = 0, uses = 0;
  bool definitionLine = false;
};

} // namespace

TextFault findTextFault(StringRef text) { return Scanner(text).run(); }

} // namespace normc
