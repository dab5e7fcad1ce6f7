// A canvas that is as sharp as the screen.

export const FONT = "12px system-ui, sans-serif";

export function sized(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const pen = canvas.getContext("2d", { alpha: false })!;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.font = FONT;
  pen.textBaseline = "middle";
  return pen;
}

const widths = new Map<string, number>();

/** Returns the part of a text that fits, with `…` if something was cut; empty if nothing fits. */
export function fit(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (width < 14) return "";
  const whole = widthOf(pen, text);
  if (whole <= width) return text;
  const length = Math.floor((text.length * (width - 10)) / whole);
  return length < 2 ? "" : `${text.slice(0, length)}…`;
}

function widthOf(pen: CanvasRenderingContext2D, text: string): number {
  let width = widths.get(text);
  if (width === undefined) {
    if (widths.size > 20_000) widths.clear();
    widths.set(text, (width = pen.measureText(text).width));
  }
  return width;
}
