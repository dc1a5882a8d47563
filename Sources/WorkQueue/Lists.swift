/// First in, first out, in amortised constant time.
struct FIFO<Element>: Sendable where Element: Sendable {
  private var elements: [Element] = []
  private var head = 0

  mutating func append(_ element: Element) {
    elements.append(element)
  }

  mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    let element = elements[head]
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: elements.count <= 1024)
      head = 0
    } else if head > 1024, head > elements.count / 2 {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }
}

/// A binary heap ordered by time, then by the order of insertion.
struct MinHeap<Element: Sendable>: Sendable {
  private struct Node {
    var time: Duration
    var sequence: UInt64
    var element: Element

    static func < (left: Node, right: Node) -> Bool {
      (left.time, left.sequence) < (right.time, right.sequence)
    }
  }

  private var nodes: [Node] = []
  private var sequence: UInt64 = 0

  var count: Int { nodes.count }

  var first: (element: Element, time: Duration)? {
    nodes.first.map { ($0.element, $0.time) }
  }

  mutating func insert(_ element: Element, at time: Duration) {
    sequence += 1
    nodes.append(Node(time: time, sequence: sequence, element: element))
    siftUp(nodes.count - 1)
  }

  mutating func removeFirst() {
    guard let last = nodes.popLast() else { return }
    guard !nodes.isEmpty else { return }
    nodes[0] = last
    siftDown(0)
  }

  mutating func removeAll(where isRemoved: (Element) -> Bool) {
    nodes.removeAll { isRemoved($0.element) }
    // A sorted array is a heap.
    nodes.sort { $0 < $1 }
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard nodes[child] < nodes[parent] else { return }
      nodes.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < nodes.count && nodes[child] < nodes[least] {
        least = child
      }
      guard least != parent else { return }
      nodes.swapAt(parent, least)
      parent = least
    }
  }
}
