#include <iostream>

int main() {
    std::cout << "Hello from a container!\n"
}
