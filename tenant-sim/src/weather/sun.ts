import { cos, exp, sin } from '../math/elementary.ts';

export interface Place {
  /** Degrees north. */
  readonly latitude: number;
  /** Degrees east. */
  readonly longitude: number;
}

/** Direction of the sun as a unit vector: east, north, up (the sine of its height over the horizon). */
export interface Sun {
  readonly east: number;
  readonly north: number;
  readonly up: number;
}

const RAD = Math.PI / 180;
const DAY = 86_400_000;
const J2000 = Date.UTC(2000, 0, 1, 12);

/** Where the sun stands, by the low-precision formulas of the Astronomical Almanac (about 0.01°). */
export function sunAt(tsMs: number, { latitude, longitude }: Place): Sun {
  const days = (tsMs - J2000) / DAY;
  const anomaly = degrees(357.528 + 0.9856003 * days);
  const ecliptic = degrees(280.46 + 0.9856474 * days) + (1.915 * sin(anomaly) + 0.02 * sin(2 * anomaly)) * RAD;
  const obliquity = (23.439 - 0.0000004 * days) * RAD;
  const sidereal = degrees(280.46062 + 360.985647 * days + longitude);
  // The sun in equatorial coordinates, turned by the sidereal time and tilted by the latitude.
  const x = cos(ecliptic);
  const y = cos(obliquity) * sin(ecliptic);
  const z = sin(obliquity) * sin(ecliptic);
  const south = x * cos(sidereal) + y * sin(sidereal);
  const east = y * cos(sidereal) - x * sin(sidereal);
  const phi = latitude * RAD;
  return { east, north: z * cos(phi) - south * sin(phi), up: z * sin(phi) + south * cos(phi) };
}

/** Degrees as radians, whole turns left away. */
function degrees(value: number): number {
  return (value % 360) * RAD;
}

/** Global irradiance under a clear sky on level ground, kW/m² (Haurwitz). */
export function clearSky(up: number): number {
  return up <= 0.002 ? 0 : 1.098 * up * exp(-0.057 / up);
}
