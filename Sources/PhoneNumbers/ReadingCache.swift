import Synchronization

/// What texts were read as: a full cycle asks for the same numbers again, and reading one costs a tenth of a millisecond. Holds as many as
/// a large tenant has, and no texts: a digest of 128 bits stands for each.
final class ReadingCache: Sendable {
  typealias Reading = Result<PhoneNumber, PhoneNumber.Problem>

  static let shared = ReadingCache(generation: 131_072)

  private struct Key: Hashable {
    var high: Int
    var low: Int

    init(_ text: String, _ home: Country?) {
      (high, low) = (Self.hash(0, text, home), Self.hash(1, text, home))
    }

    /// The process's own seed keeps others from making texts that collide.
    private static func hash(_ half: UInt8, _ text: String, _ home: Country?) -> Int {
      var hasher = Hasher()
      hasher.combine(half)
      hasher.combine(home)
      hasher.combine(text)
      return hasher.finalize()
    }
  }

  /// The younger generation takes what is read; when it is full, it becomes the older one, and the oldest is forgotten.
  private struct Generations {
    var younger: [Key: Reading] = [:]
    var older: [Key: Reading] = [:]
  }

  private let generations = Mutex(Generations())
  private let size: Int

  init(generation size: Int) {
    self.size = size
  }

  func reading(of text: String, home: Country?) -> Reading {
    let key = Key(text, home)
    if let known = generations.withLock({ $0.younger[key] ?? $0.older[key] }) { return known }
    let reading = Reading { () throws(PhoneNumber.Problem) in try WrittenNumber(text, home: home).read(home: home) }
    generations.withLock { generations in
      if generations.younger.count >= size {
        generations.older = generations.younger
        generations.younger = [:]
      }
      generations.younger[key] = reading
    }
    return reading
  }
}
