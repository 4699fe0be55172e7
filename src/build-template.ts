import "./runtime-check.js";
import { buildEmbeddedTemplate } from "./storage/embedded-template.js";

await buildEmbeddedTemplate();
