//===- FunctionAttributes.h - norm's attributes on functions -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_NORM_FUNCTIONATTRIBUTES_H
#define NORMC_DIALECTS_NORM_FUNCTIONATTRIBUTES_H

#include "llvm/ADT/StringRef.h"

namespace normc::norm {

// What a user writes.
inline constexpr llvm::StringLiteral shardAttr = "norm.shard";     // argument: this axis is split over the devices
inline constexpr llvm::StringLiteral partialAttr = "norm.partial"; // argument: its gradient stays this device's share
inline constexpr llvm::StringLiteral updatesAttr = "norm.updates"; // result: new value of that argument; state
inline constexpr llvm::StringLiteral inplaceAttr = "norm.inplace"; // result: must be written over that argument

// What passes write. On arguments of a backward: where the value comes from.
inline constexpr llvm::StringLiteral argumentAttr = "norm.argument"; // argument K of the function
inline constexpr llvm::StringLiteral resultAttr = "norm.result";     // result K of the function
inline constexpr llvm::StringLiteral savedAttr = "norm.saved";       // saved value K; on results of a forward too
inline constexpr llvm::StringLiteral savedTypeAttr = "norm.saved_type"; // with norm.saved: the element type it is stored in
inline constexpr llvm::StringLiteral extentsAttr = "norm.extents";   // unit: only the extents are read
// On arguments of a joint function and its halves.
inline constexpr llvm::StringLiteral nonzeroAttr = "norm.nonzero"; // unit: an element that is 0 is an error, when it is called
// On arguments of a joint function and of a backward, and on their results.
inline constexpr llvm::StringLiteral cotangentAttr = "norm.cotangent"; // cotangent K
inline constexpr llvm::StringLiteral gradientAttr = "norm.gradient";   // gradient K
// On gradients: left as this device's share, as norm.partial on the argument asks.
inline constexpr llvm::StringLiteral shareAttr = "norm.share";
// On a function: what crosses devices is written out, and types state this device's share.
inline constexpr llvm::StringLiteral distributedAttr = "norm.distributed";
// On arguments and results of such a function: the extent along the sharded axis on all devices, where the graph states it; on results:
// the axis.
inline constexpr llvm::StringLiteral joinedAttr = "norm.joined";
inline constexpr llvm::StringLiteral splitAttr = "norm.split";
// On results: the user's name of what is returned.
inline constexpr llvm::StringLiteral nameAttr = "norm.name";
// On saved results of a forward, and on the forward: the bytes that are written to save them, as a formula over extents.
inline constexpr llvm::StringLiteral bytesAttr = "norm.bytes";
inline constexpr llvm::StringLiteral savedBytesAttr = "norm.saved_bytes";
// On a function and its joint functions: the clamps that were dropped, in words.
inline constexpr llvm::StringLiteral droppedAttr = "norm.dropped";
// On a joint function: what to save, "auto" or "all". On the halves of a pair: the name of the gradient.
inline constexpr llvm::StringLiteral saveAttr = "norm.save";
inline constexpr llvm::StringLiteral forwardOfAttr = "norm.forward_of";
inline constexpr llvm::StringLiteral backwardOfAttr = "norm.backward_of";

} // namespace normc::norm

#endif // NORMC_DIALECTS_NORM_FUNCTIONATTRIBUTES_H
