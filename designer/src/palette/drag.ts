/** How a node type travels from the palette to the canvas. */
export const NODE_TYPE_MIME = "application/x-millrace-node-type";
