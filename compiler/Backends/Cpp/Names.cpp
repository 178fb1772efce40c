//===- Names.cpp - identifiers of emitted C++ ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Names.h"
#include "compiler/Backends/Cpp/Snippets.h"
#include "dialects/Kernel/Functions/Functions.h"

#include "llvm/ADT/StringExtras.h"
#include <fmt/format.h>

using namespace llvm;

namespace normc::cpp {

/// Names that begin as those of emitted code do.
static bool hasReservedPrefix(StringRef name) {
  for (StringRef prefix : {"normc", "NORMC", "kept_", "all_kept_", "first_i"})
    if (name.starts_with(prefix))
      return true;
  return false;
}

/// Keywords, and what emitted code uses itself.
static bool isReserved(StringRef name) {
  static const StringSet<> words = [] {
    StringSet<> set;
    for (StringRef word :
         {"alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch",
          "char", "char16_t", "char32_t", "char8_t", "class", "compl", "concept", "const", "const_cast", "consteval",
          "constexpr", "constinit", "continue", "co_await", "co_return", "co_yield", "decltype", "default", "delete",
          "do", "double", "dynamic_cast", "else", "enum", "explicit", "export", "extern", "false", "float", "for",
          "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq",
          "nullptr", "operator", "or", "or_eq", "private", "protected", "public", "register", "reinterpret_cast",
          "requires", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast", "struct",
          "switch", "template", "this", "thread_local", "throw", "true", "try", "typedef", "typeid", "typename",
          "union", "unsigned", "using", "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq", "main",
          "std", "linux", "unix", "INFINITY", "NAN", "NULL", "INT64_C", "INT64_MIN", "EOF", "errno", "assert", "float_t",
          "double_t", "fenv_t", "int8_t", "uintptr_t", "ptrdiff_t", "y0", "y1", "yn", "j0", "j1", "jn", "signbit", "isnan", "isinf", "isfinite",
          "stdin", "stdout", "stderr", "float_of", "threads", "context", "callers", "mine", "task", "here", "stream", "ahead", "group", "chunks",
          "whole", "heads", "pieces", "some", "first", "last", "head", "head_end", "begin", "end", "points", "at", "from", "size", "fetch",
          "tiles", "top", "bottom", "row", "rows", "block", "width", "lanes", "past", "c", "g", "k", "l", "r", "w", "q"})
      set.insert(word);
    return set;
  }();
  if (words.contains(name) || isSnippetName(name) || hasReservedPrefix(name))
    return true;
  // exp_f32, pow_f64, .. are functions.
  if ((name.ends_with("_f32") || name.ends_with("_f64")) && kernel::isFunctionName(name.drop_back(4)))
    return true;
  // i0, i1, .. are positions and n0, n1, .. extents. Macros of the standard library are in capitals.
  if (name.size() > 1 && (name[0] == 'i' || name[0] == 'n') && all_of(name.drop_front(), isDigit))
    return true;
  return name.size() > 2 && all_of(name, [](char c) { return isUpper(c) || c == '_' || isDigit(c); });
}

std::string identifier(StringRef name) {
  std::string text;
  for (char c : name) {
    // Two underscores in a row belong to the implementation, as does one at the start.
    char safe = isAlnum(c) ? c : '_';
    if (safe != '_' || (!text.empty() && text.back() != '_'))
      text += safe;
  }
  if (text.empty())
    text = "value";
  if (isDigit(text[0]))
    text = "v" + text;
  if (hasReservedPrefix(text))
    text = "v_" + text;
  while (isReserved(text))
    text += text.back() == '_' ? "x" : "_";
  return text;
}

std::string stringLiteral(StringRef text) {
  std::string literal = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\')
      literal += fmt::format("\\{}", char(c));
    else if (c < 0x20 || c >= 0x7f || c == '?')
      literal += fmt::format("\\{:03o}", c); // three digits end the escape
    else
      literal += char(c);
  }
  return literal + '"';
}

std::string signature(const std::string &start, StringRef parameters) {
  std::string text = start;
  size_t column = start.size();
  const std::string indent(start.size(), ' ');
  while (!parameters.empty()) {
    auto [parameter, rest] = parameters.split(", ");
    const bool isFirst = text.size() == start.size();
    if (!isFirst && column + parameter.size() + 6 > 120) {
      text += ",\n" + indent;
      column = indent.size();
    } else if (!isFirst) {
      text += ", ";
      column += 2;
    }
    text += parameter;
    column += parameter.size();
    parameters = rest;
  }
  return text + ")";
}

std::string Names::unique(StringRef name) {
  std::string base = identifier(name), candidate = base;
  unsigned &last = lastCounts.try_emplace(base, 1).first->second;
  std::string separator = base.back() == '_' ? "" : "_";
  if (isReserved(base + separator + "2")) // as names in capitals are
    separator = "x";
  while (!taken.insert(candidate).second)
    candidate = fmt::format("{}{}{}", base, separator, ++last);
  return candidate;
}

} // namespace normc::cpp
