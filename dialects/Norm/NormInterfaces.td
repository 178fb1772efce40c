//===- NormInterfaces.td - what ops tell passes -------------*- tablegen -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NORMC_DIALECTS_NORM_NORMINTERFACES_TD
#define NORMC_DIALECTS_NORM_NORMINTERFACES_TD

include "mlir/IR/OpBase.td"

def AdjointOpInterface : OpInterface<"AdjointOpInterface"> {
  let cppNamespace = "::normc::norm";
  let description = [{
    A primitive with one result that states the adjoints of its operands. For y = f(.., x, ..) and the cotangent dy, the
    adjoint of x is (df/dx)^T dy.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds the adjoint of operand `operand` for the cotangent of the result. It may have the extents of the result:
        whoever calls sums it over the axes along which the operand does not vary. Null means zero everywhere, as for a
        mask, a label, or a value of which only the extents are read.
      }],
      "::mlir::Value", "buildAdjoint",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "unsigned":$operand, "::mlir::Value":$cotangent)>
  ];
}

def InverseOpInterface : OpInterface<"InverseOpInterface"> {
  let cppNamespace = "::normc::norm";
  let description = [{
    An elementwise primitive that says how an operand follows from its result and its other operands, so that a value need
    not be kept. Other primitives lose their operands. In place of its own operands it is given others, of the same meaning.
  }];
  let methods = [
    InterfaceMethod<[{ Whether operand `operand` can be recovered, and under which conditions. }],
      "::normc::norm::Inverse", "describeInverse", (ins "unsigned":$operand, "::mlir::ValueRange":$operands)>,
    InterfaceMethod<[{ Builds operand `operand` from the result, for an inverse that exists. }],
      "::mlir::Value", "buildInverse",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "unsigned":$operand, "::mlir::ValueRange":$operands,
           "::mlir::Value":$result)>,
    InterfaceMethod<[{ How the result changes while operand `operand` grows. }],
      "::normc::norm::Growth", "growthIn", (ins "unsigned":$operand, "::mlir::ValueRange":$operands)>
  ];
}

def LayerOpInterface : OpInterface<"LayerOpInterface"> {
  let cppNamespace = "::normc::norm";
  let description = [{ A named layer that stands for primitives. }];
  let methods = [
    InterfaceMethod<[{ Builds the primitives and returns the value that replaces the result. }],
      "::mlir::Value", "expand", (ins "::mlir::ImplicitLocOpBuilder &":$builder)>
  ];
}

def TermOpInterface : OpInterface<"TermOpInterface"> {
  let cppNamespace = "::normc::norm";
  let description = [{
    A primitive that the algebra takes apart: it states its result in sums, products, powers and choices of its operands.
  }];
  let methods = [
    InterfaceMethod<[{ The form of the result, for those of the operands; none where the op stays a function. }],
      "::std::optional<::normc::norm::TermBuilder::Form>", "buildTerms",
      (ins "::normc::norm::TermBuilder &":$terms, "::llvm::ArrayRef<::normc::norm::TermBuilder::Form>":$operands)>
  ];
}

#endif // NORMC_DIALECTS_NORM_NORMINTERFACES_TD
