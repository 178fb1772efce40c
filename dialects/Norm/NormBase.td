//===- NormBase.td - the norm dialect and its base classes --*- tablegen -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NORMC_DIALECTS_NORM_NORMBASE_TD
#define NORMC_DIALECTS_NORM_NORMBASE_TD

include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/Norm/NormInterfaces.td"

def NormDialect : Dialect {
  let name = "norm";
  let cppNamespace = "::normc::norm";
  let summary = "Normalization graphs, as a user writes them";
  let description = [{
    Straight-line graphs over ranked tensors of one rank. An extent of 1 means "does not vary along this axis", so that
    no broadcast and no reshape need be written. The rationale is in `dialects/Norm/README.md`.
  }];
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

class Norm_ValueOf<string predicate, string elements>
    : Type<CPred<"::normc::norm::" # predicate # "($_self)">, "tensor of rank 1 to 8 of " # elements,
           "::mlir::RankedTensorType">;

def Norm_Float : Norm_ValueOf<"isFloatValue", "f16, bf16, f32 or f64">;
def Norm_Number : Norm_ValueOf<"isNumberValue", "f16, bf16, f32, f64, i32 or i64">;
def Norm_Mask : Norm_ValueOf<"isMaskValue", "i1">;
def Norm_Value : Norm_ValueOf<"isValue", "f16, bf16, f32, f64, i32, i64 or i1">;

//===----------------------------------------------------------------------===//
// Op classes
//===----------------------------------------------------------------------===//

// Refuses attributes that the op does not declare.
def Norm_DeclaredAttributes : NativeOpTrait<"DeclaredAttributes"> {
  let cppNamespace = "::normc::norm";
}

// An op with one result, whose type is inferred and whose SSA name is kept as a name location.
class Norm_Op<string mnemonic, list<Trait> traits = []>
    : Op<NormDialect, mnemonic,
         traits # [Pure, Norm_DeclaredAttributes, DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  code nameDeclaration = [{
    // What the directive `Name` receives when it prints; when it parses, this is the state of the operation.
    static constexpr int result = 0;
  }];
  code nameDefinition = [{
    void $cppClass::getAsmResultNames(::mlir::OpAsmSetValueNameFn setName) {
      ::normc::norm::setResultName(*this, setName);
    }
  }];
  let extraClassDeclaration = nameDeclaration;
  let extraClassDefinition = nameDefinition;
}

// An op whose result type follows from `infer`, a function of dialects/Norm/Extents.h, and its arguments.
class Norm_InferredOp<string mnemonic, string infer, list<Trait> traits = []>
    : Norm_Op<mnemonic, traits # [DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let results = (outs Norm_Value:$result);
  let extraClassDefinition = nameDefinition # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *context, ::std::optional<::mlir::Location> location, ::mlir::ValueRange operands,
        ::mlir::DictionaryAttr attributes, ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
        ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      Adaptor adaptor(operands, attributes, properties, regions);
      ::mlir::Type type = ::normc::norm::}] # infer # [{;
      if (!type)
        return ::mlir::failure();
      types.push_back(type);
      return ::mlir::success();
    }
  }];
}

// A primitive: knows its adjoints.
class Norm_Primitive<string mnemonic, string infer, list<Trait> traits = []>
    : Norm_InferredOp<mnemonic, infer, traits # [DeclareOpInterfaceMethods<AdjointOpInterface>]>;

// Sugar: knows the primitives that it stands for.
class Norm_Layer<string mnemonic, string infer, list<Trait> traits = []>
    : Norm_InferredOp<mnemonic, infer, traits # [DeclareOpInterfaceMethods<LayerOpInterface>]>;

#endif // NORMC_DIALECTS_NORM_NORMBASE_TD
