//===- TextNotation.cpp - formulas as plain text ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Derivation/Notation.h"

#include "llvm/ADT/StringSwitch.h"
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace llvm;

namespace normc::derivation {

namespace {

class TextNotation : public Notation {
public:
  std::string name(StringRef name) const override { return name.str(); }
  std::string extent(int64_t symbol) const override { return fmt::format("n{}", symbol); }
  Text decimal(double value) const override { return {fmt::format("{:g}", value)}; }
  Text parenthesized(const Text &text) const override { return {"(" + text.text + ")"}; }

  Text product(ArrayRef<Text> factors) const override {
    std::string text;
    for (const Text &factor : factors)
      text += (text.empty() ? "" : " * ") + at(Level::product, factor);
    return {text, Level::product};
  }

  Text quotient(const Text &numerator, const Text &denominator) const override {
    return {at(Level::product, numerator) + " / " + at(Level::power, denominator), Level::product};
  }

  Text power(const Text &base, algebra::Exponent exponent) const override {
    if (exponent == algebra::one / 2)
      return call("sqrt", {base});
    std::string raised = at(Level::atom, base) + "^";
    if (exponent % algebra::one == 0)
      return {raised + std::to_string(exponent / algebra::one), Level::power};
    auto fraction = mlir::presburger::reduce(algebra::Rational(exponent, algebra::one));
    return {fmt::format("{}({}/{})", raised, int64_t(fraction.num), int64_t(fraction.den)), Level::power};
  }

  Text reduction(StringRef what, ArrayRef<int64_t> axes, const Text &body) const override {
    return {fmt::format("{}[{}]({})", what.str(), fmt::join(axes, ","), body.text)};
  }

  Text call(StringRef function, ArrayRef<Text> arguments) const override {
    std::string text;
    for (const Text &argument : arguments)
      text += (text.empty() ? "" : ", ") + argument.text;
    return {fmt::format("{}({})", function.str(), text)};
  }

  Text choice(const Text &condition, const Text &one, const Text &other) const override {
    return {
        fmt::format("{} ? {} : {}", at(Level::product, condition), at(Level::product, one), at(Level::product, other)),
        Level::sum};
  }

  Text comparison(StringRef relation, const Text &a, const Text &b) const override {
    StringRef sign = StringSwitch<StringRef>(relation)
                         .Case("eq", "==")
                         .Case("ne", "!=")
                         .Case("lt", "<")
                         .Case("le", "<=")
                         .Case("gt", ">")
                         .Default(">=");
    return {a.text + " " + sign.str() + " " + b.text, Level::sum};
  }

  std::string elision(size_t count) const override {
    return count ? fmt::format("... ({} more {})", count, count == 1 ? "term" : "terms") : "...";
  }
};

} // namespace

std::unique_ptr<Notation> textNotation() {
  return std::make_unique<TextNotation>();
}

} // namespace normc::derivation
