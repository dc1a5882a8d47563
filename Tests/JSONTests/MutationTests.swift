import CJansson
import JSON
import Synchronization
import TestSupport
import Testing

/// Cut and mutated input, and the proof that no memory is lost over it.
@Suite(.serialized) struct MutationTests {
  private static let corpus = [
    #"{"value":[{"changeType":"updated","clientState":"s","resource":"Users/1","resourceData":{"id":"1","sequenceNumber":638700000000000000}}]}"#,
    #"{"count":2,"total":5,"data":[{"id":"a","roles":{"data":[{"name":"Standard User"}]}},{"id":"b"}],"links":{"next":"/api/xm/1/people?offset=2"}}"#,
    #"{"error":{"code":"Request_ResourceNotFound","message":"é 😀 \u0000","innerError":{"date":"2026-01-02","n":[1,2.5,-3e4,true,null]}}}"#,
  ]

  @Test("either parses to something that writes and parses to the same, or throws", arguments: 0..<8)
  func mutations(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<1500 {
      let bytes = Self.mutated(&random)
      guard let json = try? JSON(parsing: bytes) else { continue }
      let value = json.value
      #expect((try? JSON(parsing: value.serialized()))?.value == value)
    }
  }

  @Test("what is allocated is freed again, on every path")
  func noLeaks() {
    Allocations.count {
      var random = SeededGenerator(seed: 99)
      for _ in 0..<2000 {
        if let json = try? JSON(parsing: Self.mutated(&random)) { _ = json.value.serialized() }
      }
    }
    #expect(Allocations.made > 10_000, "the hook was not in place")
    #expect(Allocations.outstanding == 0)
  }

  @Test("documents are made and read on several threads at once")
  func threads() async {
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<500).reduce(0) { sum, _ in
            sum + ((try? JSON(parsing: Array(Self.corpus[0].utf8)))?["value"]?.count ?? 0)
          }
        }
      }
      for await sum in group { #expect(sum == 500) }
    }
  }

  private static func mutated(_ random: inout SeededGenerator) -> [UInt8] {
    var bytes = Array(corpus[Int.random(in: 0..<corpus.count, using: &random)].utf8)
    for _ in 0..<Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(contentsOf: bytes[place...].prefix(5), at: place)
      default: bytes = Array(bytes[..<max(1, place)])
      }
    }
    return bytes
  }
}

/// Counts what jansson allocates. The hook holds for the whole process, so the suite that uses it runs alone.
private enum Allocations {
  private static let balance = Atomic(0)
  private static let total = Atomic(0)

  static var outstanding: Int { balance.load(ordering: .relaxed) }
  static var made: Int { total.load(ordering: .relaxed) }

  static func count(_ body: () -> Void) {
    var before: (json_malloc_t?, json_free_t?) = (nil, nil)
    json_get_alloc_funcs(&before.0, &before.1)
    json_set_alloc_funcs(
      { size in
        Allocations.balance.add(1, ordering: .relaxed)
        Allocations.total.add(1, ordering: .relaxed)
        return malloc(size)
      },
      { pointer in
        if pointer != nil { Allocations.balance.subtract(1, ordering: .relaxed) }
        free(pointer)
      })
    body()
    json_set_alloc_funcs(before.0, before.1)
  }
}
