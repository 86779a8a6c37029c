package hudson.model

class Node {
    static enum Mode { NORMAL, EXCLUSIVE }
    String nodeName
}
