//===- Assembly.cpp - names, numbers and attributes as text --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Norm/Assembly.h"
#include "dialects/Norm/Extents.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::norm {

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

StringRef nameOf(Location location) {
  auto name = dyn_cast<NameLoc>(location);
  return name ? name.getName().getValue() : StringRef();
}

StringRef nameOf(Value value) { return nameOf(value.getLoc()); }

Location withoutName(Location location) {
  while (auto name = dyn_cast<NameLoc>(location))
    location = name.getChildLoc();
  return location;
}

Location named(StringRef name, Location location) {
  while (auto inner = dyn_cast<NameLoc>(location))
    location = inner.getChildLoc();
  return NameLoc::get(StringAttr::get(location.getContext(), name), location);
}

ParseResult parseName(OpAsmParser &parser, OperationState &state) {
  StringRef name = parser.getResultName(0).first;
  if (!name.empty() && !llvm::isDigit(name.front()))
    state.location = named(name, state.location);
  return success();
}

void setResultName(Operation *op, OpAsmSetValueNameFn setName) {
  if (StringRef name = nameOf(op->getLoc()); !name.empty())
    setName(op->getResult(0), name);
}

/// func.func implements OpAsmOpInterface without naming its arguments, and MLIR 19 has no other place to ask for them.
void printArgumentNames(MLIRContext *context) {
  context->getOrLoadDialect<func::FuncDialect>();
  auto *methods = OperationName(func::FuncOp::getOperationName(), context).getInterface<OpAsmOpInterface>();
  methods->getAsmBlockArgumentNames = [](const OpAsmOpInterface::Concept *, Operation *, Region &region,
                                         OpAsmSetValueNameFn setName) {
    for (BlockArgument argument : region.getArguments())
      if (StringRef name = nameOf(argument); !name.empty())
        setName(argument, name);
  };
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

std::string floatLiteral(const APFloat &value) {
  if (!value.isFinite())
    return "0x" + llvm::toString(value.bitcastToAPInt(), 16, /*Signed=*/false);
  std::string text;
  if (&value.getSemantics() == &APFloat::IEEEdouble()) {
    text = fmt::format("{}", value.convertToDouble());
  } else {
    APFloat single = value; // exact: f16, bf16 and f32 are floats
    bool losesInfo;
    single.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven, &losesInfo);
    text = fmt::format("{}", single.convertToFloat());
  }
  // 1e-05 ==> 1.0e-5: a literal needs its point.
  size_t exponent = text.find('e');
  std::string digits = text.substr(0, exponent);
  if (digits.find('.') == std::string::npos)
    digits += ".0";
  if (exponent == std::string::npos)
    return digits;
  std::string power = text.substr(exponent + 1);
  bool negative = power[0] == '-';
  size_t first = power.find_first_not_of("+-0");
  return digits + "e" + (negative ? "-" : "") + power.substr(first);
}

ParseResult parseLiteral(OpAsmParser &parser, TypedAttr &value, Type &type) {
  SMLoc start = parser.getCurrentLocation();
  // The spelling decides: -0.5 is not an integer, and a hexadecimal literal has the bits of the value.
  StringRef spelling = StringRef(start.getPointer());
  const bool negative = spelling.consume_front("-");
  spelling = spelling.ltrim().take_while([](char c) { return llvm::isAlnum(c) || c == '.'; });
  const bool bits = spelling.starts_with("0x"), isInteger = bits || llvm::all_of(spelling, llvm::isDigit);
  APInt integer;
  double number = 0.0;
  if (isInteger ? parser.parseInteger(integer) : parser.parseFloat(number))
    return failure();
  if (isInteger && negative)
    integer.negate();
  SMLoc typeLocation;
  if (parser.parseColon() || parser.getCurrentLocation(&typeLocation) || parser.parseType(type))
    return failure();
  if (!isNumberValue(type))
    return parser.emitError(typeLocation) << "the type of a constant must be a tensor of rank 1 to " << maxRank
                                          << " of f16, bf16, f32, f64, i32 or i64, but it is " << type;

  Type element = cast<RankedTensorType>(type).getElementType();
  auto doesNotFit = [&] { return parser.emitError(start) << "the value is not representable in " << element; };
  if (auto floating = dyn_cast<FloatType>(element)) {
    const llvm::fltSemantics &semantics = floating.getFloatSemantics();
    APFloat result(semantics);
    if (bits) {
      if (negative || integer.getActiveBits() > floating.getWidth())
        return doesNotFit();
      result = APFloat(semantics, integer.zextOrTrunc(floating.getWidth()));
    } else {
      bool losesInfo;
      if (isInteger) {
        result.convertFromAPInt(integer, /*IsSigned=*/false, APFloat::rmNearestTiesToEven);
      } else {
        result = APFloat(number);
        result.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
      }
      if (negative && isInteger)
        result.changeSign();
      if (!result.isFinite() || (result.isZero() && number != 0.0))
        return doesNotFit();
    }
    value = FloatAttr::get(element, result);
    return success();
  }

  if (!isInteger)
    return parser.emitError(start) << "a constant of " << element << " must be an integer";
  unsigned width = element.getIntOrFloatBitWidth();
  if (integer.getActiveBits() > (bits || negative ? width : width - 1))
    return doesNotFit();
  integer = integer.zextOrTrunc(width + 1);
  if (negative)
    integer.negate();
  if (negative && integer.getSignificantBits() > width)
    return doesNotFit();
  value = IntegerAttr::get(element, integer.trunc(width));
  return success();
}

void printLiteral(OpAsmPrinter &printer, Operation *, TypedAttr value, Type type) {
  if (auto floating = dyn_cast<FloatAttr>(value))
    printer << floatLiteral(floating.getValue());
  else
    printer.printAttributeWithoutType(value);
  printer << " : " << type;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

static bool isDeclared(OperationName name, StringRef attribute) {
  return llvm::any_of(name.getAttributeNames(), [&](StringAttr declared) { return declared == attribute; });
}

/// Attributes that are written in braces; others that an op declares have a place of their own.
static bool isNumberSetting(StringRef name) { return name == "eps" || name == "slope" || name == "alpha"; }
static bool isSetting(StringRef name) { return isNumberSetting(name) || name == "save"; }

ParseResult parseSettings(OpAsmParser &parser, NamedAttrList &attributes, OperationState &state) {
  SMLoc start = parser.getCurrentLocation();
  NamedAttrList settings;
  if (parser.parseOptionalAttrDict(settings))
    return failure();
  for (NamedAttribute setting : settings) {
    StringRef name = setting.getName();
    if (!isDeclared(state.name, name))
      continue; // the verifier refuses it
    auto number = dyn_cast<FloatAttr>(setting.getValue());
    if (isNumberSetting(name) && !(number && number.getType().isF64()))
      return parser.emitError(start) << "attribute '" << name << "' must be an f64, as 1.0e-5 is, but it is "
                                     << setting.getValue();
    if (name == "save" && !isa<StringAttr>(setting.getValue()))
      return parser.emitError(start) << "attribute 'save' must be a string, but it is " << setting.getValue();
    if (!isSetting(name))
      return parser.emitError(start) << "attribute '" << name << "' is not written in braces, but in its place before";
  }
  attributes.append(settings);
  return success();
}

void printSettings(OpAsmPrinter &printer, Operation *op, DictionaryAttr attributes, int) {
  SmallVector<NamedAttribute> settings;
  for (NamedAttribute attribute : attributes) {
    StringRef name = attribute.getName();
    auto text = dyn_cast<StringAttr>(attribute.getValue());
    if (name == "save" ? !text || text != "auto" : isSetting(name) || !isDeclared(op->getName(), name))
      settings.push_back(attribute);
  }
  if (settings.empty())
    return;
  printer << " {";
  llvm::interleaveComma(settings, printer, [&](NamedAttribute attribute) {
    printer << attribute.getName().getValue();
    auto number = dyn_cast<FloatAttr>(attribute.getValue());
    if (isa<UnitAttr>(attribute.getValue()))
      return;
    printer << " = ";
    if (number && number.getType().isF64())
      printer << floatLiteral(number.getValue());
    else
      printer.printAttribute(attribute.getValue());
  });
  printer << '}';
}

LogicalResult verifyDeclaredAttributes(Operation *op) {
  for (NamedAttribute attribute : op->getDiscardableAttrs()) {
    InFlightDiagnostic error = op->emitError()
                               << "attribute '" << attribute.getName().getValue() << "' is not one of "
                               << op->getName().getStringRef();
    ArrayRef<StringAttr> declared = op->getName().getAttributeNames();
    if (declared.empty())
      error.attachNote() << "the op has no attributes";
    else
      error.attachNote() << "its attributes: "
                         << llvm::join(llvm::map_range(declared, [](StringAttr name) { return name.getValue(); }), ", ");
    return error;
  }
  return success();
}

} // namespace normc::norm
