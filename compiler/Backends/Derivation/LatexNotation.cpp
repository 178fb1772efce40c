//===- LatexNotation.cpp - formulas as LaTeX ----------------------------===//
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

/// For math mode, with amsmath.
class LatexNotation : public Notation {
public:
  std::string name(StringRef name) const override {
    std::string escaped;
    // Names are made of letters, digits and these.
    for (char c : name)
      if (c == '_' || c == '$')
        escaped += {'\\', c};
      else if (c == '-') // a hyphen, not a minus
        escaped += "\\text{-}";
      else
        escaped += c;
    return "\\mathit{" + escaped + "}";
  }

  std::string extent(int64_t symbol) const override { return fmt::format("n_{{{}}}", symbol); }

  Text decimal(double value) const override {
    std::string text = fmt::format("{:g}", value);
    size_t e = text.find('e');
    if (e == std::string::npos)
      return {text};
    std::string mantissa = text.substr(0, e), power = fmt::format("10^{{{}}}", std::stoi(text.substr(e + 1)));
    return mantissa == "1" ? Text{power, Level::power} : Text{mantissa + " \\cdot " + power, Level::product};
  }

  Text parenthesized(const Text &text) const override { return {"\\left(" + text.text + "\\right)"}; }

  Text product(ArrayRef<Text> factors) const override {
    std::string text;
    for (const Text &factor : factors)
      text += (text.empty() ? "" : " \\, ") + at(Level::product, factor);
    return {text, Level::product};
  }

  Text quotient(const Text &numerator, const Text &denominator) const override {
    return {fmt::format("\\frac{{{}}}{{{}}}", numerator.text, denominator.text), Level::product};
  }

  Text power(const Text &base, algebra::Exponent exponent) const override {
    if (exponent == algebra::one / 2)
      return {fmt::format("\\sqrt{{{}}}", base.text)};
    auto fraction = mlir::presburger::reduce(algebra::Rational(exponent, algebra::one));
    std::string raised = fmt::format("{}", int64_t(fraction.num));
    if (int64_t(fraction.den) != 1)
      raised += fmt::format("/{}", int64_t(fraction.den));
    return {fmt::format("{{{}}}^{{{}}}", at(Level::atom, base), raised), Level::power};
  }

  Text reduction(StringRef what, ArrayRef<int64_t> axes, const Text &body) const override {
    std::string sign = what == "sum" ? "\\sum" : fmt::format("\\operatorname*{{{}}}", word(what));
    return {fmt::format("{}_{{{}}}\\left({}\\right)", sign, fmt::join(axes, ","), body.text)};
  }

  Text call(StringRef function, ArrayRef<Text> arguments) const override {
    std::string text;
    for (const Text &argument : arguments)
      text += (text.empty() ? "" : ", ") + argument.text;
    return {fmt::format("\\operatorname{{{}}}\\left({}\\right)", word(function), text)};
  }

  Text choice(const Text &condition, const Text &one, const Text &other) const override {
    return {fmt::format("\\begin{{cases}}{} & {} \\\\ {} & \\text{{otherwise}}\\end{{cases}}", one.text, condition.text,
                        other.text),
            Level::sum};
  }

  Text comparison(StringRef relation, const Text &a, const Text &b) const override {
    StringRef sign = StringSwitch<StringRef>(relation)
                         .Case("eq", "=")
                         .Case("ne", "\\neq")
                         .Case("lt", "<")
                         .Case("le", "\\leq")
                         .Case("gt", ">")
                         .Default("\\geq");
    return {a.text + " " + sign.str() + " " + b.text, Level::sum};
  }

  std::string elision(size_t count) const override {
    return count ? fmt::format("\\dots\\text{{ ({} more {})}}", count, count == 1 ? "term" : "terms") : "\\dots";
  }

private:
  static std::string word(StringRef text) {
    std::string escaped;
    for (char c : text)
      escaped += c == '_' ? "\\_" : std::string(1, c);
    return escaped;
  }
};

} // namespace

std::unique_ptr<Notation> latexNotation() {
  return std::make_unique<LatexNotation>();
}

} // namespace normc::derivation
