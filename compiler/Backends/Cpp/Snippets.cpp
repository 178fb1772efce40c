//===- Snippets.cpp - text that emitted files hold where they need it ----===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Snippets.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;

namespace normc::cpp {

static SmallVector<StringRef> namesOf(const Snippet &snippet) {
  SmallVector<StringRef> names;
  StringRef(snippet.names).split(names, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  return names;
}

/// Notes the identifiers of a text, `std::` and all, but not those in comments and strings.
static void addNames(StringRef text, StringSet<> &names) {
  auto isPart = [](char c) { return isAlnum(c) || c == '_'; };
  while (!text.empty()) {
    if (text.consume_front("//")) {
      text = text.drop_until([](char c) { return c == '\n'; });
    } else if (text.consume_front("\"")) {
      while (!text.empty() && text.front() != '"')
        text = text.drop_front(text.front() == '\\' ? 2 : 1);
      text = text.drop_front();
    } else if (isPart(text.front())) {
      StringRef word = text.take_while(isPart);
      StringRef rest = text.drop_front(word.size());
      if (word == "std" && rest.starts_with("::"))
        word = text.take_front(word.size() + 2 + rest.drop_front(2).take_while(isPart).size());
      names.insert(word);
      text = text.drop_front(word.size());
    } else {
      text = text.drop_front();
    }
  }
}

/// The snippet without the lines of which the names do not occur.
static std::string choose(StringRef text, const StringSet<> &used) {
  std::string chosen;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    text = rest;
    bool isUsed = true;
    while (line.starts_with("?") || line.starts_with("!")) {
      auto [name, content] = line.drop_front().split(' ');
      isUsed &= used.contains(name) == line.starts_with("?");
      line = content;
    }
    if (isUsed)
      chosen += line.str() + '\n';
  }
  return chosen;
}

std::string withSnippets(ArrayRef<Snippet> snippets, const std::string &text) {
  StringSet<> used;
  addNames(text, used);
  SmallVector<std::string> chosen;
  for (const Snippet &snippet : reverse(snippets)) {
    if (none_of(namesOf(snippet), [&](StringRef name) { return used.contains(name); }))
      continue;
    chosen.push_back(choose(snippet.text, used));
    addNames(chosen.back(), used);
  }
  std::string all;
  for (const std::string &part : reverse(chosen))
    all += part;
  return all + text;
}

bool isSnippetName(StringRef name) {
  static const StringSet<> names = [] {
    StringSet<> set;
    for (ArrayRef<Snippet> group : {frameSnippets, callSnippets, conversionSnippets, collectiveSnippets, monoidSnippets, shareSnippets,
                                    laneSnippets, columnSnippets})
      for (const Snippet &snippet : group)
        for (StringRef word : namesOf(snippet))
          set.insert(word);
    return set;
  }();
  return names.contains(name);
}

} // namespace normc::cpp
