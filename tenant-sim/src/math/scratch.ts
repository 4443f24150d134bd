/**
 * Room for numbers that are made and used within one call: the same array each time, longer when it has to be. What stands in it is
 * whatever was left there, and the next call takes it again.
 */
export function createScratch(): (length: number) => Float64Array {
  let array = new Float64Array(0);
  return (length) => {
    if (array.length < length) array = new Float64Array(2 * length);
    return array;
  };
}

/** The same for the words of random numbers. */
export function createWordScratch(): (length: number) => Uint32Array {
  let array = new Uint32Array(0);
  return (length) => {
    if (array.length < length) array = new Uint32Array(2 * length);
    return array;
  };
}
