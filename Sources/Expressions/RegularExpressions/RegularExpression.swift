// The only file of the room that knows Foundation. NSRegularExpression (ICU) rather than Swift's Regex: a match can be
// stopped while it runs, which Regex has no means for, so that a pattern such as (a+)+$ cannot hold up a worker; it
// keeps its backtracking on the heap, bounded; and it is three times as fast on short texts.
import Foundation

/// A regular expression of .NET, compiled once. A match that takes too long ends with an error.
struct RegularExpression: Sendable {
  /// For all matches in one text together, of processor time.
  static let timeLimit: Duration = .milliseconds(100)

  /// The longest text to search, in UTF-16 units: the engine looks at the clock every 10,000 steps, and a step may
  /// cross the whole text.
  static let maximumLength = 20_000

  private static let matchesBetweenLooks = 64

  /// Ranges in UTF-16 units by .NET's group number, 0 being the whole match. Groups that took no part are absent.
  struct Match: Sendable {
    fileprivate(set) var ranges: [Int: Range<Int>]
    var whole: Range<Int> { ranges[0] ?? 0..<0 }
  }

  enum Failure: Error {
    case timeLimit, memoryLimit
  }

  private let engine: NSRegularExpression
  private let groups: [Int: [Int]]
  private let names: [String: Int]

  init(_ pattern: String) throws(DotNetPattern.Invalid) {
    let translated = try DotNetPattern(pattern)
    do {
      // With Unix line separators `.`, `^` and `$` know \n only, as in .NET.
      engine = try NSRegularExpression(pattern: translated.icu, options: [.useUnixLineSeparators])
    } catch {
      throw DotNetPattern.Invalid(reason: "the regular expression engine does not take it")
    }
    groups = translated.groups
    names = translated.names
  }

  /// The number of the group with a name, or of that number; nil when there is none.
  func group(_ name: String) -> Int? {
    // Hashing takes the square of the length in the worst case, and no pattern is that long.
    guard name.utf8.count <= Expression.maximumLength else { return nil }
    return names[name] ?? Int(name).flatMap { groups[$0] == nil ? nil : $0 }
  }

  var lastGroup: Int { groups.keys.max() ?? 0 }

  /// Every match, or the first `count`, from left to right.
  func matches(in text: String, count: Int = .max, timeLimit: Duration = timeLimit) throws(Failure) -> [Match] {
    let deadline = ProcessorTime.now + timeLimit
    var matches: [Match] = []
    var failure: Failure?
    let range = NSRange(location: 0, length: text.utf16.count)
    engine.enumerateMatches(in: text, options: [.reportProgress, .reportCompletion], range: range) {
      result, flags, stop in
      if let result {
        matches.append(match(result))
        if matches.count >= count {
          stop.pointee = true
        } else if matches.count.isMultiple(of: Self.matchesBetweenLooks), ProcessorTime.now > deadline {
          failure = .timeLimit
          stop.pointee = true
        }
      } else if flags.contains(.progress) {
        guard ProcessorTime.now > deadline else { return }
        failure = .timeLimit
        stop.pointee = true
      } else if flags.contains(.internalError), failure == nil {
        failure = .memoryLimit
      }
    }
    if let failure { throw failure }
    return matches
  }

  private func match(_ result: NSTextCheckingResult) -> Match {
    var ranges: [Int: Range<Int>] = [:]
    for (number, places) in groups {
      // A name that occurs several times means the last of its groups that took part.
      for place in places {
        let range = result.range(at: place)
        if range.location != NSNotFound { ranges[number] = range.location..<range.location + range.length }
      }
    }
    return Match(ranges: ranges)
  }
}
