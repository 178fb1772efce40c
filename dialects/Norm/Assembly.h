//===- Assembly.h - names, numbers and attributes as text ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_NORM_ASSEMBLY_H
#define NORMC_DIALECTS_NORM_ASSEMBLY_H

#include "mlir/IR/OpImplementation.h"

namespace normc::norm {

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// The user's name of a value, from its location; empty where there is none.
llvm::StringRef nameOf(mlir::Value value);
llvm::StringRef nameOf(mlir::Location location);

mlir::Location withoutName(mlir::Location location);

/// `location` under another name.
mlir::Location named(llvm::StringRef name, mlir::Location location);

/// The directive `Name`: keeps the SSA name of the first result as a name location.
mlir::ParseResult parseName(mlir::OpAsmParser &parser, mlir::OperationState &state);
inline void printName(mlir::OpAsmPrinter &, mlir::Operation *, int) {}
void setResultName(mlir::Operation *op, mlir::OpAsmSetValueNameFn setName);

/// Makes `func.func` print the names of its arguments, which it would number otherwise.
void printArgumentNames(mlir::MLIRContext *context);

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// The shortest decimal literal that reads back as the same value of its type; a hexadecimal one for infinity and NaN.
std::string floatLiteral(const llvm::APFloat &value);

/// The directive `Literal`: `1.0e-5 : tensor<1x1xf32>`, an integer, or a hexadecimal literal with the element's bits.
mlir::ParseResult parseLiteral(mlir::OpAsmParser &parser, mlir::TypedAttr &value, mlir::Type &type);
void printLiteral(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::TypedAttr value, mlir::Type type);

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

/// The directive `Settings`: an attribute dictionary that holds what has no other place (eps, slope, alpha, save), and
/// whose numbers print as they were written. What it does not declare is left to the verifier.
mlir::ParseResult parseSettings(mlir::OpAsmParser &parser, mlir::NamedAttrList &attributes, mlir::OperationState &state);
void printSettings(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::DictionaryAttr attributes, int);

/// Fails where the op carries an attribute that it does not declare.
llvm::LogicalResult verifyDeclaredAttributes(mlir::Operation *op);

} // namespace normc::norm

#endif // NORMC_DIALECTS_NORM_ASSEMBLY_H
