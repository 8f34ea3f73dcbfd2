/** A plot of curves as SVG: both axes logarithmic, so that a cliff is a cliff whatever the scale. Made for points above 0. */

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Pixels. */
const [width, height] = [640, 360];
const [left, right, top, bottom] = [70, 20, 50, 40];
const colours = ['#0b62a4', '#b5471b'];

interface Axis {
  readonly least: number;
  readonly most: number;
  at(value: number): number;
}

/** From one power of ten to another, across these pixels. */
function axis(values: readonly number[], from: number, to: number): Axis {
  const least = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const most = Math.max(least * 10, 10 ** Math.ceil(Math.log10(Math.max(...values))));
  const span = Math.log10(most / least);
  return { least, most, at: (value) => from + ((to - from) * Math.log10(value / least)) / span };
}

export function plot(title: string, series: readonly Series[]): string {
  const points = series.flatMap((each) => each.points);
  const x = axis(
    points.map(([value]) => value),
    left,
    width - right,
  );
  const y = axis(
    points.map(([, value]) => value),
    height - bottom,
    top,
  );
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(left, 20, title, 'font-weight="bold"'),
    ...gridOf(x, (value) => [x.at(value), top, x.at(value), height - bottom]),
    ...gridOf(y, (value) => [left, y.at(value), width - right, y.at(value)]),
    ...powers(x).map((value) => text(x.at(value), height - bottom + 18, shown(value), 'text-anchor="middle"')),
    ...powers(y).map((value) => text(left - 8, y.at(value) + 4, shown(value), 'text-anchor="end"')),
    ...series.flatMap((each, index) => curve(each, x, y, index)),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function curve({ name, points }: Series, x: Axis, y: Axis, index: number): readonly string[] {
  const colour = colours[index % colours.length] ?? '';
  const places = points.map(([at, value]) => [x.at(at).toFixed(1), y.at(value).toFixed(1)] as const);
  const line = places.map((place) => place.join(',')).join(' ');
  return [
    `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="4" fill="${colour}"/>`),
    text(left + index * 130, 40, name, `fill="${colour}"`),
  ];
}

const powers = ({ least, most }: Axis): readonly number[] => {
  const values: number[] = [];
  for (let value = least; value <= most * 1.01; value *= 10) values.push(value);
  return values;
};

const gridOf = (
  ends: Axis,
  line: (value: number) => readonly [x1: number, y1: number, x2: number, y2: number],
): readonly string[] =>
  powers(ends).map((value) => {
    const [x1, y1, x2, y2] = line(value).map((each) => each.toFixed(1));
    return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#ddd"/>`;
  });

const text = (x: number, y: number, words: string, attributes: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${words}</text>`;

const shown = (value: number): string => value.toLocaleString('en').replaceAll(',', ' ');
