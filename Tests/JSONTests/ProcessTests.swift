import CJansson
import JSON
import Synchronization
import TestSupport
import Testing

/// What jansson holds for the whole process: its allocator and its hash seed. Each test has a process of its own, as others parse
/// at the same time in this one.
@Suite struct ProcessTests {
  @Test("what is allocated is freed again, on every path")
  func noLeaks() async {
    await #expect(processExitsWith: .success) {
      Allocations.watch()
      var random = SeededGenerator(seed: 99)
      var refused = 0
      for round in 0..<2000 {
        guard let json = try? JSON(parsing: Corpus.mutated(&random)) else {
          refused += 1
          continue
        }
        _ = json.members.first { $0.key == "value" }?.value.elements.first { $0["id"] != nil }
        _ = json.value.serialized(pretty: round.isMultiple(of: 2))
        _ = JSONValue.array([json.value, .real(.nan), "", ["": "a\0b"]]).text
      }
      #expect(refused > 100 && Allocations.made > 100_000, "too little happened to prove anything")
      #expect(Allocations.outstanding == 0)
    }
  }

  @Test("the first documents of a process may be parsed at the same time")
  func firstUse() async {
    await #expect(processExitsWith: .success) {
      await withTaskGroup(of: Int.self) { group in
        for _ in 0..<8 {
          group.addTask {
            (0..<200).count { _ in
              (try? JSON(parsing: Corpus.all[0]))?["value"]?[0]?["resourceData"]?["sequenceNumber"]?.integer
                == 638_700_000_000_000_001
            }
          }
        }
        for await found in group { #expect(found == 200) }
      }
    }
  }
}

/// Counts what jansson allocates.
private enum Allocations {
  private static let balance = Atomic(0)
  private static let total = Atomic(0)

  static var outstanding: Int { balance.load(ordering: .relaxed) }
  static var made: Int { total.load(ordering: .relaxed) }

  static func watch() {
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
  }
}
