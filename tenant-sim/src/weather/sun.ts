export interface Place {
  /** Degrees north. */
  readonly latitude: number;
  /** Degrees east. */
  readonly longitude: number;
}

export interface Sun {
  /** Sine of the height over the horizon; negative at night. */
  readonly sinElevation: number;
  /** Cosine of the angle between the sun and the normal of a roof that faces south at 35°. */
  readonly cosIncidence: number;
}

const RAD = Math.PI / 180;
const DAY = 86_400_000;
const J2000 = Date.UTC(2000, 0, 1, 12);
const TILT = 35 * RAD;

/** Where the sun stands, by the low-precision formulas of the Astronomical Almanac (about 0.01°). */
export function sunAt(tsMs: number, { latitude, longitude }: Place): Sun {
  const days = (tsMs - J2000) / DAY;
  const meanLongitude = 280.46 + 0.9856474 * days;
  const anomaly = (357.528 + 0.9856003 * days) * RAD;
  const ecliptic = (meanLongitude + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const obliquity = (23.439 - 0.0000004 * days) * RAD;
  const rightAscension = Math.atan2(Math.cos(obliquity) * Math.sin(ecliptic), Math.cos(ecliptic));
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(ecliptic));
  const sidereal = (280.46062 + 360.985647 * days + longitude) * RAD;
  const hourAngle = sidereal - rightAscension;
  const height = (phi: number): number =>
    Math.sin(phi) * Math.sin(declination) + Math.cos(phi) * Math.cos(declination) * Math.cos(hourAngle);
  // A roof tilted to the south sees the sun as level ground does that many degrees nearer to the equator.
  return { sinElevation: height(latitude * RAD), cosIncidence: height(latitude * RAD - TILT) };
}

/** Global irradiance under a clear sky on level ground, kW/m² (Haurwitz). */
export function clearSky(sinElevation: number): number {
  return sinElevation <= 0 ? 0 : 1.098 * sinElevation * Math.exp(-0.057 / sinElevation);
}
