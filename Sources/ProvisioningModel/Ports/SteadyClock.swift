/// The wall clock as it was at the start of the process, carried on by the monotonic one. For windows that a wall clock that is set must
/// neither shorten nor stretch.
package struct SteadyClock: WallClock {
  private let start: Timestamp
  private let began: Duration
  private let uptime: Uptime

  package init(_ wall: any WallClock, _ uptime: Uptime) {
    start = wall.now
    began = uptime.now
    self.uptime = uptime
  }

  package var now: Timestamp { start + (uptime.now - began) }
}
