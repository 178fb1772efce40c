//===- EmitReport.cpp - one page about what a file comes to ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Report/EmitReport.h"
#include "compiler/Backends/Report/Html.h"
#include "compiler/Backends/Report/KernelPart.h"
#include "dialects/Kernel/KernelDialect.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::report {

static std::string typeText(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return element("code", escaped(text));
}

/// What the forward of each gradient hands to its backward.
static std::string savedPart(ModuleOp closedForm) {
  std::string part;
  for (auto function : closedForm.getOps<func::FuncOp>()) {
    auto gradient = function->getAttrOfType<StringAttr>(norm::forwardOfAttr);
    if (!gradient)
      continue;
    Table table({"value", "shape", "stored as", "bytes"});
    for (unsigned index = 0; index < function.getNumResults(); ++index) {
      if (!function.getResultAttr(index, norm::savedAttr))
        continue;
      auto text = [&](StringRef attribute) {
        auto value = function.getResultAttrOfType<StringAttr>(index, attribute);
        return value ? escaped(value.getValue()) : "";
      };
      Type type = function.getResultTypes()[index];
      auto stored = function.getResultAttrOfType<TypeAttr>(index, norm::savedTypeAttr);
      table.add({element("code", text(norm::nameAttr)), typeText(type),
                 typeText(stored ? stored.getValue() : cast<ShapedType>(type).getElementType()),
                 text(norm::bytesAttr)});
    }
    part += line("h3", element("code", "@" + escaped(gradient.getValue())));
    auto all = function->getAttrOfType<StringAttr>(norm::savedBytesAttr);
    part += table.isEmpty() ? line("p", "Nothing: the backward needs arguments and results only.") : table.html();
    if (!table.isEmpty() && all)
      part += line("p", "Together " + escaped(all.getValue()) + " bytes.");
  }
  if (part.empty())
    return "";
  return line("h2", "What the forward saves for the backward") + part;
}

std::string emitReport(StringRef title, ModuleOp closedForm, ModuleOp kernels, ArrayRef<StageText> stages) {
  std::string body = line("p", "What normc makes of this file: first what it comes to, then each stage on the way.");
  body += savedPart(closedForm);
  body += kernelPart(kernels);
  body += line("h2", "Stages");
  for (const StageText &stage : stages)
    body += line("details",
                 "\n" + line("summary", escaped(stage.name)) + line("p", escaped(stage.explanation)) +
                     line("pre", escaped(stage.text)),
                 fmt::format("id=\"{}\"", escaped(stage.name)));
  return page(title, body);
}

} // namespace normc::report
