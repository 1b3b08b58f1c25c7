declare module 'fs-native-extensions' {
  /** @returns whether the range of the open file is locked now; throws the system's error unless it is locked elsewhere */
  export function tryLock(fd: number, offset: number, length: number): boolean;
}
