//===- TextScan.cpp - what the parser would not survive ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Source.h"

#include "llvm/ADT/StringExtras.h"
#include <fmt/format.h>
#include <map>

using namespace llvm;

namespace normc {

namespace {

constexpr unsigned maxNesting = 200;  // brackets in brackets: the parser recurses on each
constexpr unsigned maxMinuses = 16;   // it recurses on each of a run of signs, too
constexpr size_t maxExpansion = 1000; // aliases in an alias, all of them written out
constexpr size_t maxWord = 1000;      // characters: a number or a shape takes time in the square of it
constexpr size_t maxAliasDepth = 100; // aliases of aliases: whoever walks or prints them recurses

bool isWordCharacter(char c) { return isAlnum(c) || c == '_' || c == '$' || c == '.'; }

/// One pass over the text, which is not tokenized further than strings, comments and aliases demand.
class Scanner {
public:
  explicit Scanner(StringRef text) : text(text) {}

  TextFault run() {
    if (text.size() > maxTextBytes)
      return {0, fmt::format("the text is longer than {} bytes; no more are read", maxTextBytes)};
    if (text.starts_with("ML\xefR"))
      return {0, "this is MLIR bytecode; only text is read"};
    if (text.starts_with("\xef\xbb\xbf"))
      return {0, "a byte order mark: save the file as UTF-8 without one"};
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
    StringRef rest = text.substr(at);
    if (rest.starts_with("//")) {
      at = std::min(text.find('\n', at), text.size());
      return {};
    }
    if (isSpace(c)) {
      startsLine |= c == '\n';
      ++at;
      return {};
    }
    // At the end of a line a definition ends, unless its last token or the next line says that more of it follows.
    if (startsLine && depth == 0 && !expectsMore && !StringRef("-:([{<!#").contains(c))
      definition = nullptr;
    startsLine = false;
    if (c == '-' && !rest.starts_with("->")) {
      expectsMore = true;
      if (++minuses > maxMinuses)
        return {at, fmt::format("more than {} minus signs in a row", maxMinuses)};
      ++at;
      return {};
    }
    minuses = 0;
    expectsMore = StringRef("=:,").contains(c) || rest.starts_with("->");
    if (c == '"') {
      skipString();
      return {};
    }
    // Arrows and comparisons are no brackets.
    if (rest.starts_with("->") || rest.starts_with("<=") || rest.starts_with(">=")) {
      at += 2;
      return {};
    }
    if (StringRef("([{<").contains(c) && ++depth > maxNesting)
      return {at, fmt::format("brackets are nested more than {} deep", maxNesting)};
    if (StringRef(")]}>").contains(c) && depth > 0)
      --depth;
    if (c == '!' || c == '#')
      return alias(c);
    if (isWordCharacter(c) || c == '%' || c == '@' || c == '^')
      return word();
    ++at;
    return {};
  }

  void skipString() {
    for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at)
      if (text[at] == '\\')
        ++at;
    ++at;
  }

  /// A name, a number, a shape or a keyword. The parser recurses on each operator of an affine expression.
  TextFault word() {
    const size_t start = at++;
    at += text.substr(at).take_while(isWordCharacter).size();
    StringRef keyword = text.slice(start, at);
    if (keyword.size() > maxWord)
      return {start, fmt::format("a word of {} characters; at most {} are read", keyword.size(), maxWord)};
    if ((keyword == "affine_map" || keyword == "affine_set") && text.substr(at).ltrim().starts_with("<"))
      return {start, fmt::format("{} is not read: graphs and kernels have no affine expressions", keyword.str())};
    return {};
  }

  /// What an alias comes to once the aliases in it are written out.
  struct Expansion {
    size_t size = 1, depth = 1;
  };

  /// `!a = ..` and `#a = ..` define aliases; anywhere else they use one. One that is made of others may expand
  /// to any size.
  TextFault alias(char kind) {
    const size_t start = at++;
    at += text.substr(at).take_while(isWordCharacter).size();
    StringRef name = text.slice(start, at), rest = text.substr(at).ltrim();
    if (rest.starts_with("=") && !rest.starts_with("==")) {
      definition = &expansions[name];
      return {};
    }
    auto used = expansions.find(name);
    if (!definition || used == expansions.end() || &used->second == definition)
      return {};
    definition->size += used->second.size;
    definition->depth = std::max(definition->depth, used->second.depth + 1);
    if (definition->size > maxExpansion)
      return {start, fmt::format("an alias expands to more than {} others here", maxExpansion)};
    if (definition->depth > maxAliasDepth)
      return {start, fmt::format("aliases of aliases are more than {} deep here", maxAliasDepth)};
    return {};
  }

  StringRef text;
  size_t at = 0;
  unsigned depth = 0, minuses = 0;
  bool startsLine = true;   // whether nothing but space and comments was seen on this line
  bool expectsMore = false; // whether the last token asks for another
  std::map<StringRef, Expansion> expansions;
  Expansion *definition = nullptr; // the alias that is being defined
};

} // namespace

TextFault findTextFault(StringRef text) { return Scanner(text).run(); }

} // namespace normc
