import JSON
package import Logging
package import ProvisioningModel
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Writes one JSON object a line on standard output, or lines for people on a terminal.
package struct LineLogHandler: LogHandler {
  package enum Form: Sendable {
    case json, text
  }

  package var logLevel: Logger.Level {
    get { ownLevel ?? level.value }
    set { ownLevel = newValue }
  }
  package var metadata: Logger.Metadata = [:]
  private let level: LogLevel
  /// Of this logger alone.
  private var ownLevel: Logger.Level?
  private let label: String
  private let form: Form

  package init(label: String, level: LogLevel, form: Form) {
    self.label = label
    self.level = level
    self.form = form
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let fields = metadata.merging(event.metadata ?? [:]) { _, own in own }
    let line =
      switch form {
      case .json: json(event, fields)
      case .text: text(event, fields)
      }
    StandardOutput.write(line)
  }

  private func json(_ event: LogEvent, _ fields: Logger.Metadata) -> String {
    var object: [String: JSONValue] = [
      "time": .string(SystemWallClock().now.description), "level": .string(event.level.rawValue),
      "logger": .string(label),
      "message": .string("\(event.message)"),
    ]
    for (key, value) in fields where object[key] == nil {
      object[key] = .string("\(value)")
    }
    return JSONValue.object(object).text
  }

  private func text(_ event: LogEvent, _ fields: Logger.Metadata) -> String {
    let pairs = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\("\($0.value)".printable)" }.joined()
    let time = SystemWallClock().now.description.dropFirst(11).prefix(12)
    return "\(time) \(event.level.rawValue.uppercased()) \("\(event.message)".printable)\(pairs)"
  }
}

/// Whole lines to standard output, from any thread.
package enum StandardOutput {
  private static let lock = Mutex(())

  package static func write(_ line: String) {
    var bytes = Array(line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    lock.withLock { _ in
      var written = 0
      while written < bytes.count {
        let count = bytes.withUnsafeBytes {
          Glibc.write(STDOUT_FILENO, $0.baseAddress?.advanced(by: written), $0.count - written)
        }
        guard count > 0 else { return }
        written += count
      }
    }
  }

  /// Whether a person is looking.
  package static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// The machine's clock.
package struct SystemWallClock: WallClock {
  package init() {}

  package var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
